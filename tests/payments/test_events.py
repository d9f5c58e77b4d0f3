"""What a person did with a link is written down as it happens; what a robot does is not."""

import pytest
from sqlalchemy import select

from bot.store.tables import payment_events
from tests.pages.test_payment_page import PREVIEWS
from tests.paying import HANAKO, Paying

ROBOT = {"User-Agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"}


def kinds(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        found = select(payment_events.c.kind).order_by(payment_events.c.id)
        return list(connection.execute(found).scalars())


def test_each_step_of_a_person_is_written_down(paying: Paying) -> None:
    paying.opens()
    assert kinds(paying) == []

    paying.answers("0000")
    paying.answers("1234")
    paying.opens()
    paying.opens()

    assert kinds(paying) == ["opened", "wrong_answer", "verified", "viewed"]


def test_a_robot_opens_nothing_before_and_after_somebody_proved_who_they_are(
    paying: Paying,
) -> None:
    paying.answers()
    robot = paying.stranger()

    for method in ("GET", "HEAD"):
        for path in ("", "/return", "/pay"):
            robot.open(f"/p/{paying.token}{path}", method=method, headers=ROBOT)
    paying.browser.head(f"/p/{paying.token}")

    assert kinds(paying) == ["opened", "verified", "viewed"]


@pytest.mark.parametrize("agent", [*PREVIEWS.values(), None], ids=[*PREVIEWS, "a browser"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing_in_a_browser_that_proved_it_either(
    paying: Paying, method: str, agent: str | None
) -> None:
    paying.answers()
    before = paying.everything()

    for path in ("", "", "/return", "/pay", "?lang=en"):
        address, headers = f"/p/{paying.token}{path}", {"User-Agent": agent} if agent else {}
        seen = paying.browser.open(address, method=method, headers=headers)
        assert seen.status_code in {200, 303}

    assert paying.everything() == before


def test_who_proves_it_again_views_it_again(paying: Paying) -> None:
    for _ in range(2):
        paying.answers()
        paying.opens()

    assert kinds(paying) == ["opened", "verified", "viewed", "verified", "viewed"]


def test_an_answer_by_text_belongs_to_no_link(paying: Paying) -> None:
    for text in ("残高", "0000", "1234"):
        paying.texting.says(HANAKO, text)

    with paying.runtime.engine.begin() as connection:
        rows = connection.execute(select(payment_events).order_by(payment_events.c.id)).all()
    assert [(row.kind, row.payment_link_id) for row in rows] == [
        ("wrong_answer", None),
        ("verified", None),
    ]
