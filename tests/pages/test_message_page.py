"""The message of a campaign on the page of its link: for who proved who they are, nobody else."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.campaigns.campaign import CampaignKind, Plan, TextPolicy
from bot.payments import reminders
from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, invoices, payment_events, payment_links
from tests.campaigns.crowd import REMINDER, Crowd, number
from tests.campaigns.test_paying import paying
from tests.pages.reading import words
from tests.pages.test_payment_screens import LARGEST_BYTES, Outline
from tests.paying import Paying
from tests.people import OURS

__all__ = ["paying"]
NEWS = Plan(
    "moving",
    CampaignKind.NOTICE,
    "billing",
    "campaign.notice_on_page",
    sender=OURS,
    text_policy=TextPolicy.SHORT,
    message_ja="{name}様\n\n本社を移転いたします。\n新住所は見本1-1です。\n\n{brand}",
    message_en="{name},\n\nwe are moving. You owe {amount}.",
)
RIGHT = "0001"
SOON = date(2026, 1, 1)
SECRET = ("移転", "we are moving")


@pytest.fixture
def crowd(paying: Paying) -> Crowd:
    """One customer, who owes 12,800 yen."""
    crowd = Crowd(paying.texting)
    crowd.gathers(1)
    return crowd


def gets(paying: Paying, crowd: Crowd, plan: Plan = NEWS, **changes: Any) -> None:
    """The customer has the text of a campaign, with its link."""
    plan = replace(plan, **changes)
    crowd.plans(1, plan)
    crowd.starts(plan.name)
    crowd.queues(plan.name)
    crowd.texting.sends()
    paying.finds_link(number(1))


def reads(paying: Paying, language: str = "ja") -> str:
    """She answers, and sees the page behind."""
    answered = paying.answers(RIGHT)
    assert answered.status_code == 303
    return words(paying.opens(f"?lang={language}"))


def statuses(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        found = select(payment_links.c.status).order_by(payment_links.c.id)
        return list(connection.execute(found).scalars())


def kinds(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        found = select(payment_events.c.kind).order_by(payment_events.c.id)
        return list(connection.execute(found).scalars())


def test_a_text_guides_to_a_page_that_tells_after_the_right_answer(
    paying: Paying, crowd: Crowd
) -> None:
    crowd.have_paid(range(1, 2))
    gets(paying, crowd)

    [body] = paying.bodies(number(1))
    assert len(body) <= 70
    first = words(paying.opens())
    assert "大切なお知らせ" in first
    assert "お知らせをお見せします" in first
    assert "お支払い" not in first

    told = reads(paying)
    assert "お客様へのお知らせ お客様 本社を移転いたします。 新住所は見本1-1です。 例示商会" in told
    assert "お支払い" not in told


def test_nothing_of_the_message_is_in_a_page_before_the_right_answer(
    paying: Paying, crowd: Crowd
) -> None:
    gets(paying, crowd)
    before = paying.everything()
    pages = [
        paying.browser.open(f"/p/{paying.token}{path}", method=method)
        for path in ("", "?lang=en", "/return", "/pay")
        for method in ("GET", "HEAD", "OPTIONS")
    ]
    assert paying.everything() == before
    pages += [paying.answers(digits) for digits in ("", "abcd", "9999")]
    pages.append(paying.taps_pay(data={"amount": "12800"}))

    for page in pages:
        assert not any(secret in page.text for secret in SECRET)
    reads(paying)
    assert not any(secret in paying.stranger().get(f"/p/{paying.token}").text for secret in SECRET)


def test_the_answer_is_what_counts_as_viewed_and_no_look(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd)
    paying.opens()
    assert kinds(paying) == []
    reads(paying)
    paying.opens()

    assert kinds(paying) == ["opened", "verified", "viewed"]


def test_wrong_answers_lock_the_message_too(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd)
    told = [paying.answers(f"9{count:03}").status_code for count in range(5)]
    right = paying.answers(RIGHT)

    assert told == [422] * 4 + [429]
    assert right.status_code == 429
    assert not any(secret in right.text for secret in SECRET)


def test_after_a_stop_and_after_its_end_a_link_looks_like_none(
    paying: Paying, crowd: Crowd
) -> None:
    gets(paying, crowd)
    unknown = paying.browser.get("/p/AAAAAAAAAAAA")
    paying.link_expires()
    expired = [paying.opens(), paying.answers(RIGHT)]
    gets(paying, crowd, name="again")
    paying.texting.says(number(1), "配信停止")
    stopped = [paying.opens(), paying.answers(RIGHT)]

    assert {(page.status_code, page.data) for page in (unknown, *expired, *stopped)} == {
        (404, unknown.data)
    }


def test_what_is_due_can_be_paid_below_the_message(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd)
    english = reads(paying, "en")
    assert "Our message to you dear customer, we are moving. You owe ¥12,800." in english
    assert "Please check your payment" in english
    assert "Amount to pay ¥12,800" in english

    assert paying.taps_pay().status_code == 303
    paying.told("paid")
    receipt = words(paying.opens("?lang=ja"))
    assert "領収書" in receipt
    assert "お支払いのお手続き" in receipt
    assert "移転" not in receipt


def test_dunning_may_say_more_on_its_page_until_it_is_paid(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd, REMINDER, message_ja="{amount}のお振込みがまだ確認できておりません。")
    assert "お支払いのお手続き" in words(paying.opens())
    assert "12,800円のお振込みがまだ確認できておりません。" in reads(paying)

    crowd.have_paid(range(1, 2))
    assert "お振込みが" not in words(paying.opens())


def test_a_message_in_one_language_is_shown_in_it_to_everybody(
    paying: Paying, crowd: Crowd
) -> None:
    gets(paying, crowd, message_en="")
    assert "本社を移転" in reads(paying, "en")
    assert '<div class="message" lang="ja">' in paying.opens("?lang=en").text


def test_markup_in_a_message_is_shown_as_it_was_written(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd, message_ja='1 < 2 & "3" > 2 <script')
    reads(paying)
    page = paying.opens().text

    assert "1 &lt; 2 &amp; &#34;3&#34; &gt; 2 &lt;script" in page
    assert "<script" not in page.partition("<main>")[2]


def test_a_notice_and_a_payment_link_stand_beside_each_other(paying: Paying, crowd: Crowd) -> None:
    first = paying.gets_link(number(1))
    gets(paying, crowd)
    notice = paying.token
    assert statuses(paying) == ["open", "open"]
    assert all(paying.browser.get(f"/p/{each}").status_code == 200 for each in (first, notice))

    paying.gets_link(number(1))
    assert statuses(paying) == ["revoked", "open", "open"]
    assert "移転" in reads(replace(paying, token=notice))


def test_a_notice_leaves_the_reminder_of_a_payment_link(paying: Paying, crowd: Crowd) -> None:
    paying.gets_link(number(1))
    paying.changes(update(payment_links).values(remind_at=seconds_from_now(-1)))
    assert reminders.remind_due(paying.runtime) == 1
    gets(paying, crowd)

    assert paying.texting.new_keys() == ["payment.reminder", NEWS.script_key]


def test_what_one_link_paid_ends_the_notice_as_any_other(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd)
    paying.gets_link(number(1))
    paying.answers(RIGHT)
    paying.taps_pay()
    paying.told("paid")

    assert statuses(paying) == ["revoked", "paid"]


@pytest.mark.parametrize("plan", [NEWS, REMINDER])
def test_a_link_that_turns_to_another_account_ends_no_link_of_the_other_sort(
    paying: Paying, crowd: Crowd, plan: Plan
) -> None:
    paying.is_customer(number(1), digits="5678", due=500)
    paying.changes(update(accounts).where(accounts.c.due_minor == 500).values(due_date=SOON))
    paying.gets_link(number(1))
    gets(paying, crowd, plan)
    assert statuses(paying) == ["open", "open"]

    paying.answers("5678")

    ended = plan.kind is CampaignKind.DUNNING
    assert statuses(paying) == ["revoked" if ended else "open", "open"]


def test_awaited_at_a_store_the_message_is_told_with_that(paying: Paying, crowd: Crowd) -> None:
    gets(paying, crowd, REMINDER)
    paying.answers(RIGHT)
    paying.taps_pay()
    paying.told("pending")
    gets(paying, crowd)
    told = reads(paying)

    assert "移転" in told
    assert "店頭でのお支払いをお待ちしています" in told


@pytest.mark.parametrize("owing", [True, False])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_longest_message_is_small_and_can_be_heard(
    paying: Paying, crowd: Crowd, language: str, owing: bool
) -> None:
    gets(paying, crowd, message_ja="長" * 2000, message_en="'" * 2000)
    if owing:
        with paying.runtime.engine.connect() as connection:
            account = connection.execute(select(payment_links.c.account_id)).scalar_one()
        one = {"account_id": account, "due_minor": 40}
        several = [{**one, "number": f"{count:04}".rjust(64, "請")} for count in range(320)]
        paying.changes(insert(invoices).values(several))
    else:
        crowd.have_paid(range(1, 2))
    reads(paying, language)
    page = paying.opens(f"?lang={language}")
    outline = Outline(page.text)

    loaded = [each.get("href", "") for each in outline.all("link")]
    loaded += [each["src"] for each in outline.all("script")]
    whole = len(page.data)
    for address in loaded:
        with paying.browser.get(address) as file:
            whole += len(file.data)
    assert whole < LARGEST_BYTES
    assert [len(outline.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert outline.all("html")[0]["lang"] == language
