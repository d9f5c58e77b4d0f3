"""Short texts that guide to a page, long ones that say it all, and what the page may show."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.billing.links import SHORT_TOKEN
from bot.campaigns.campaign import CampaignKind, Plan, TextPolicy
from bot.errors import CampaignRefused
from bot.scripts.item import text_content
from bot.store.tables import accounts, campaigns, payment_links
from bot.text.language import Language
from tests.campaigns.crowd import REMINDER, Crowd, number
from tests.campaigns.test_drafting import OFFER, make
from tests.people import OURS

ON_PAGE, NOTICE = "campaign.notice_on_page", "campaign.notice"
NEWS = Plan(
    "moving",
    CampaignKind.NOTICE,
    "billing",
    ON_PAGE,
    sender=OURS,
    text_policy=TextPolicy.SHORT,
    message_ja="{name}様\n\n本社を移転いたします。\n{contact}。",
    message_en="Dear {name},\n\nwe are moving.",
)
NO_PAGE: dict[str, Any] = {
    "script_key": NOTICE,
    "text_policy": TextPolicy.LONG,
    "message_ja": "",
    "message_en": "",
}
WRONG: list[tuple[Plan, dict[str, Any], str]] = [
    (NEWS, {"message_ja": "", "message_en": ""}, "Nothing fills {"),
    (NEWS, {"script_key": NOTICE}, "has no {url}: nobody would come"),
    (NEWS, {"script_key": NOTICE, "text_policy": TextPolicy.LONG}, "has no {url}: nobody would"),
    (REMINDER, {"text_policy": TextPolicy.SHORT}, "and a short text has at most 70"),
    (OFFER, {"message_ja": "特典です。"}, "A promotion has no message"),
    (NEWS, {"message_ja": "{url}をご覧ください"}, "nothing fills {url} on the page"),
    (NEWS, {"message_ja": "{{name}}様"}, "message in Japanese cannot be kept"),
    (NEWS, {"message_en": "<b>News</b>"}, "message in English cannot be kept"),
    (NEWS, {"message_en": "See https://bit.ly/x"}, "message in English: "),
    (NEWS, {"message_en": "See https://other.example.org/x"}, "message in English: "),
    (NEWS, {"message_ja": "長" * 2001}, "2,001"),
    (NEWS, {"message_ja": "NUL\x00"}, "cannot be kept"),
]


def say(crowd: Crowd, key: str, japanese: str) -> None:
    """The company has published other words for a script."""
    change = {(key, Language.JA): text_content(japanese, "")}
    crowd.runtime.shelf.edition = crowd.runtime.edition.with_changes(change)


def of_length(crowd: Crowd, characters: int, rest: str) -> str:
    """A text that leaves with so many characters."""
    settings = crowd.runtime.settings
    link = f"{settings.link_url}/p/{'x' * SHORT_TOKEN}" if "{url}" in rest else ""
    taken = f"【{settings.HENJI_BRAND}】{link}"
    return f"【{{brand}}】{'字' * (characters - len(taken))}{rest}"


@pytest.mark.parametrize(("plan", "changes", "words"), WRONG)
def test_what_cannot_be_on_the_page_is_refused_in_a_sentence(
    crowd: Crowd, plan: Plan, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CampaignRefused) as refused:
        make(crowd, replace(plan, **changes))

    assert words in str(refused.value)
    assert crowd.finds(campaigns) == []


@pytest.mark.parametrize(
    ("characters", "rest", "plan", "most"),
    [
        (70, "{url}", NEWS, 70),
        (660, "", replace(NEWS, **NO_PAGE), 660),
    ],
)
def test_a_text_is_as_long_as_its_policy_lets_it_be_and_no_longer(
    crowd: Crowd, characters: int, rest: str, plan: Plan, most: int
) -> None:
    say(crowd, plan.script_key, of_length(crowd, characters + 1, rest))
    with pytest.raises(CampaignRefused, match=f"{characters + 1} characters, and .* most {most}"):
        make(crowd, plan)
    assert crowd.finds(campaigns) == []

    say(crowd, plan.script_key, of_length(crowd, characters, rest))
    make(crowd, plan)


def test_words_published_since_then_are_held_to_the_policy_at_the_start(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1, NEWS)
    say(crowd, ON_PAGE, of_length(crowd, 71, "{url}"))

    with pytest.raises(CampaignRefused, match="short text has at most 70"):
        crowd.starts(NEWS.name)


def test_whose_name_would_split_a_short_text_is_left_out(crowd: Crowd) -> None:
    crowd.gathers(2)
    long_name = {"name": crowd.runtime.vault.seal("長" * 10)}
    crowd.does(update(accounts).where(accounts.c.number == number(2)).values(long_name))
    say(crowd, ON_PAGE, of_length(crowd, 65, "{name}{url}"))

    is_sent(crowd, 2)

    [body] = crowd.runtime.provider.bodies(number(1))  # type: ignore[attr-defined]
    assert len(body) == 67
    assert crowd.progress(NEWS.name).left_out == {
        f"{ON_PAGE} has 75 characters, and a short text has at most 70: shorten it.": 1
    }


def is_sent(crowd: Crowd, count: int = 1, plan: Plan = NEWS) -> None:
    crowd.plans(count, plan)
    crowd.starts(plan.name)
    crowd.queues(plan.name)
    crowd.texting.sends()


def test_news_go_to_who_owes_nothing_and_nobody_is_reminded_of_their_end(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.have_paid(range(1, 2))
    is_sent(crowd)

    assert crowd.got() == {number(1): 1}
    [link] = crowd.finds(payment_links)
    assert (link.campaign_id, link.remind_at) == (crowd.campaign(NEWS.name).id, None)
