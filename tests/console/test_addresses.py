"""Whoever writes nonsense into an address or a form gets a page, never a failure."""

import pytest

from bot.staff.roles import Role
from tests.console.working import Working

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NONSENSE = ["9" * 19, "9" * 5000, "१२", "-1", "1e3", "", "\x00"]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_an_id_that_is_none(working: Working, nonsense: str) -> None:
    browser = working.employs("Sato", Role.ADMINISTRATOR)
    for path, name in (
        ("audit", "conversation"),
        ("audit", "before"),
        ("queues/messages", "after"),
        ("conversations", "after"),
        ("conversations", "sender"),
        ("conversations?words=残高", "after"),
    ):
        joint = "&" if "?" in path else "?"
        browser.get(f"/console/{path}{joint}{name}={nonsense.replace(chr(0), '%00')}")
        assert browser.status == 200, (path, name)


@pytest.mark.parametrize("nonsense", ["9" * 19, "9" * 5000, "१२"])
def test_an_address_below_which_there_is_nothing(working: Working, nonsense: str) -> None:
    browser = working.employs("Sato", Role.ADMINISTRATOR).get("/console/scripts/drafts")
    for path in ("conversations", "scripts/drafts", "scripts/publications", "campaigns", "staff"):
        assert browser.get(f"/console/{path}/{nonsense}").status == 404, path
    browser.get("/console/scripts/common.help")
    assert browser.post(f"/console/scripts/drafts/{nonsense}/ask", reason="x").status == 404


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_form_with_an_id_that_is_none(working: Working, nonsense: str) -> None:
    browser = working.employs("Sato", Role.ADMINISTRATOR).get("/console/departments")
    browser.post("/console/departments", name="Osaka", senders=nonsense)
    assert browser.status < 500
    browser.get("/console/queues/messages")
    browser.post("/console/queues/messages/retry", message=nonsense, reason="a test")
    assert browser.status < 500
