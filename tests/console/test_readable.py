"""Whatever stands in an address or a form, the console answers it: no such thing, or as if it were
not there."""

import pytest

from bot.staff.roles import Role
from tests.console.working import Browser, Working
from tests.people import Texting

TOO_LARGE = 2**63
NUL = "x\x00y"
# At the ends of time a day has no neighbour, and a moment of Japan is none in UTC.
ENDS = ("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


@pytest.fixture
def hanako(working: Working) -> Browser:
    return working.employs("Hanako", Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (
            "conversations",
            ("since", "until", "after", "sender", "error", "words", "flow", "script"),
        ),
        ("conversations/1", ("before",)),
        ("conversations/changes", ("since",)),
        ("exports/new", ("since", "until")),
        ("audit", ("since", "until", "before", "conversation", "words", "actor", "endpoint")),
        ("queues/people", ("after",)),
        ("queues/messages", ("after",)),
        ("queues/alerts", ("after",)),
        ("dashboard", ("since", "until", "sender")),
        ("rehearsal/replay", ("since", "until", "after", "sender", "draft")),
        ("scripts", ("draft",)),
    ],
)
def test_what_cannot_be_read_in_an_address_does_not_matter(
    hanako: Browser, texting: Texting, page: str, names: tuple[str, ...]
) -> None:
    texting.says("+819000000001", "残高")
    values = (
        NUL,
        *ENDS,
        *(f"{end}~1" for end in ENDS),
        str(TOO_LARGE),
        f"2026-01-01T00:00Z~{TOO_LARGE}",
    )

    for name in names:
        for value in values:
            hanako.answer = hanako.client.get(f"/console/{page}", query_string={name: value})
            assert hanako.status in {200, 303, 422}, (name, value)


def test_what_no_database_keeps_is_refused(hanako: Browser, texting: Texting) -> None:
    texting.says("+819000000001", "残高")
    hanako.get("/console/conversations/1")

    assert hanako.post("/console/conversations/1/note", note="x\x00y").status == 400
    assert hanako.get("/console/scripts/x%00y").status == 400
