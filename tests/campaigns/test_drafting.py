"""What a campaign may be, and whom it is for: said before anything is kept."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.billing.customer_rows import Refusal
from bot.campaigns import drafting, numbers_file, people
from bot.campaigns.campaign import CampaignKind, Plan
from bot.errors import CampaignRefused, FileRefused, SenderRefused
from bot.messaging.grounds import Exemption
from bot.setting_types import Disclosure
from bot.store.session import transact
from bot.store.tables import accounts, campaigns
from tests.campaigns.crowd import MAKER, REMINDER, Crowd, customer_number, number
from tests.people import OURS

OFFER = Plan("summer", CampaignKind.PROMOTION, "promotions", "campaign.offer", sender=OURS)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "name has 1 to 64"),
    ({"name": "長" * 65}, "name has 1 to 64"),
    ({"purpose": "weather"}, "no purpose weather"),
    ({"purpose": "promotions"}, "promotions is for a promotion only"),
    ({"script_key": "common.help"}, "common.help is no text for campaigns; there are campaign."),
    ({"script_key": "campaign.offer"}, "campaign.offer advertises"),
    (
        {"kind": CampaignKind.NOTICE},
        "Nothing fills {url} of campaign.reminder in a campaign of the kind",
    ),
    ({"script_key": "campaign.reminder_with_amount"}, "its disclosure must be in_text"),
    ({"exemption": Exemption.TRANSACTION}, "go together"),
    ({"exemption_note": "order 12"}, "go together"),
    ({"exemption": Exemption.EXISTING_CUSTOMER, "exemption_note": "2024"}, "nothing but a promo"),
    ({"questions": ("shoe_size",)}, "A page asks one to 4"),
    ({"questions": ("phone", "password", "postcode", "name_kana", "birth_date")}, "one to 4"),
    ({"link_hours": 0}, "1 to 720 hours"),
    ({"link_hours": 721}, "1 to 720 hours"),
    ({"hours": "nine to five"}, "such as Mon-Fri 10:00-17:00"),
]


def make(crowd: Crowd, plan: Plan) -> int:
    return transact(
        crowd.runtime.engine, lambda it: drafting.create(it, crowd.runtime, plan, MAKER)
    )


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_what_is_no_campaign_is_refused_in_a_sentence(
    crowd: Crowd, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CampaignRefused) as refused:
        make(crowd, replace(REMINDER, **changes))

    assert words in str(refused.value)
    assert crowd.finds(campaigns) == []


def test_a_promotion_needs_consent_or_a_customer(crowd: Crowd) -> None:
    exempt = replace(OFFER, exemption=Exemption.TRANSACTION, exemption_note="order 12")
    with pytest.raises(CampaignRefused, match="Only existing_customer"):
        make(crowd, exempt)
    make(crowd, replace(exempt, exemption=Exemption.EXISTING_CUSTOMER))


def test_an_unknown_sender_is_refused(crowd: Crowd) -> None:
    with pytest.raises(SenderRefused, match="not registered"):
        make(crowd, replace(REMINDER, sender="+815000000099"))


def test_an_amount_is_told_where_the_campaign_may(crowd: Crowd) -> None:
    told = replace(
        REMINDER, script_key="campaign.reminder_with_amount", disclosure=Disclosure.IN_TEXT
    )
    crowd.gathers(1)
    crowd.plans(1, told)
    crowd.starts()
    crowd.queues()
    crowd.texting.sends()

    [body] = crowd.runtime.provider.bodies(number(1))  # type: ignore[attr-defined]
    assert "お客様、12,800円" in body


def test_a_name_is_taken_once_however_it_is_spaced(crowd: Crowd) -> None:
    make(crowd, replace(REMINDER, name=" december "))
    assert crowd.campaign("december").name == crowd.campaign(" december").name
    with pytest.raises(CampaignRefused, match="There is a campaign december already"):
        make(crowd, replace(OFFER, name="december"))


def test_people_are_chosen_once_and_only_for_a_draft(crowd: Crowd) -> None:
    crowd.gathers(5)
    crowd.plans(3)

    def choose(*indexes: int) -> people.Chosen:
        numbers = map(customer_number, indexes)
        return transact(
            crowd.runtime.engine,
            lambda it: people.choose(it, crowd.runtime.vault, REMINDER.name, list(numbers), MAKER),
        )

    assert choose(1, 2, 2, 4, 9) == people.Chosen(1, 2, frozenset({customer_number(9)}))
    crowd.starts()
    with pytest.raises(CampaignRefused, match="to a draft only"):
        choose(5)
    assert crowd.progress().people == {"waiting": 4}


def test_whoever_owes_something_by_a_day_is_chosen(crowd: Crowd) -> None:
    crowd.gathers(4)
    crowd.have_paid(range(1, 2))
    crowd.does(update(accounts).values(due_date=date(2026, 12, 25)))
    crowd.does(
        update(accounts).where(accounts.c.number == number(2)).values(due_date=date(2026, 12, 26))
    )
    make(crowd, REMINDER)

    found = transact(
        crowd.runtime.engine,
        lambda it: people.choose_due(it, REMINDER.name, date(2026, 12, 25), MAKER),
    )

    assert found == people.Chosen(2)


def read(folder: Path, content: bytes) -> list[Any]:
    file = folder / "people.csv"
    file.write_bytes(content)
    return list(numbers_file.read(file))


def test_a_file_of_people_is_read_with_its_bad_rows_named(tmp_path: Path) -> None:
    content = "名前,Customer Number\n花子,１０００１２３４\n\n太郎,12\n次郎,1000-5678\n"
    for encoding in ("utf-8-sig", "cp932"):
        assert read(tmp_path, content.encode(encoding)) == [
            (2, "10001234"),
            Refusal(4, "customer_number must be 4 to 64 characters that end with four digits"),
            (5, "1000-5678"),
        ]


@pytest.mark.parametrize("content", [b"", b"phone\n1", b'customer_number\n"1', b"\xff\xfe"])
def test_what_is_no_file_of_people_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(tmp_path, content)
