"""Administrators look after staff, departments and the rules of roles; each act is kept."""

import re

import pytest
from sqlalchemy import insert, select

from bot.staff import departments, members
from bot.staff.departments import Scope
from bot.staff.roles import Role
from bot.store.tables import senders, staff
from bot.text.language import Language
from tests.console.working import PASSWORD, Browser, Working

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JIRO = {"name": "Jiro", "email": "jiro@example.com", "role": "operator", "language": "en"}


@pytest.fixture
def hanako(working: Working) -> Browser:
    """An administrator at her browser."""
    return working.employs("Hanako", Role.ADMINISTRATOR)


def test_an_administrator_adds_a_member_who_then_signs_in(
    working: Working, hanako: Browser
) -> None:
    hanako.get("/console/staff/new").post("/console/staff/new", department="", **JIRO)
    (path,) = re.findall(r"https://sms\.example\.com(/console/welcome/[\w-]+)", hanako.page)

    jiro = working.browser()
    jiro.get(path).post(path, password=PASSWORD)

    assert jiro.sign_in("jiro@example.com").follow().follow().status == 200
    assert "invited" not in hanako.get("/console/staff").page.lower()
    assert {"staff_add", "staff_invite"} <= {act.act for act in working.acts()}
    assert "/console/welcome" not in hanako.get("/console/staff").page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "Hanako"}, "in use already"),
        ({"email": "HANAKO@example.com"}, "in use already"),
        ({"email": "nobody"}, "no email address"),
        ({"name": " "}, "1 to 40 characters"),
        ({"name": "x" * 41}, "1 to 40 characters"),
        ({"role": "king"}, "no such choice"),
        ({"department": "x"}, "no such choice"),
    ],
)
def test_what_cannot_be_is_told_and_the_form_keeps_the_rest(
    working: Working, hanako: Browser, wrong: dict[str, str], told: str
) -> None:
    hanako.get("/console/staff/new").post("/console/staff/new", **(JIRO | wrong))

    assert (hanako.status, told in hanako.page) == (422, True)
    with working.runtime.engine.connect() as connection:
        assert len(members.everyone(connection)) == 1


def test_a_change_of_role_signs_out_and_the_last_administrator_stays(
    working: Working, hanako: Browser
) -> None:
    jiro = working.employs("Jiro")
    ids = ids_of(working)
    hanako.get(f"/console/staff/{ids['Jiro']}")
    hanako.post(f"/console/staff/{ids['Jiro']}", **(JIRO | {"role": "auditor"}))
    assert jiro.get("/console/account").status == 303

    me = {"name": "Hanako", "email": "hanako@example.com", "role": "operator", "language": "en"}
    hanako.get(f"/console/staff/{ids['Hanako']}").post(f"/console/staff/{ids['Hanako']}", **me)
    assert (hanako.status, "last administrator" in hanako.page) == (422, True)


def test_a_lost_second_factor_is_taken_away_and_set_up_anew(
    working: Working, hanako: Browser
) -> None:
    ken = working.employs("Ken", Role.ADMINISTRATOR)
    member_id = ids_of(working)["Ken"]
    hanako.get(f"/console/staff/{member_id}")
    hanako.post(f"/console/staff/{member_id}/reset-second-factor")

    assert ken.get("/console/account").status == 303
    assert (
        ken.sign_in("ken@example.com")
        .answer.headers["Location"]
        .startswith("/console/sign-in/set-up")
    )


def test_a_second_factor_may_be_required_of_any_role(working: Working, hanako: Browser) -> None:
    jiro = working.employs("Jiro")
    hanako.get("/console/staff/rules")
    hanako.post("/console/staff/rules/operator", second_factor="on", networks="192.0.2.0/24")

    assert jiro.get("/console/account").status == 303
    jiro.sign_in("jiro@example.com").follow().set_up()
    assert jiro.get("/console/account").status == 200


@pytest.mark.parametrize(
    ("networks", "told"),
    [
        ("everywhere", "such as 192.0.2.0/24"),
        ("0.0.0.0/0", "let everybody in"),
        ("192.0.2.1/24", "such as 192.0.2.0/24"),
        ("198.51.100.0/24", "lock yourself out"),
    ],
)
def test_a_rule_that_would_lock_out_or_let_in_everybody_is_refused(
    working: Working, hanako: Browser, networks: str, told: str
) -> None:
    hanako.get("/console/staff/rules")
    hanako.post("/console/staff/rules/administrator", networks=networks)

    assert (hanako.status, told in hanako.page) == (422, True)
    assert hanako.get("/console/staff/rules").status == 200


def test_a_department_has_senders_and_its_staff_see_those_only(
    working: Working, hanako: Browser
) -> None:
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        first, second = connection.execute(select(senders.c.id).order_by(senders.c.id)).scalars()
    hanako.get("/console/departments").post("/console/departments", name="大阪支店")
    with working.runtime.engine.connect() as connection:
        (osaka,) = departments.everyone(connection)
    path = f"/console/departments/{osaka.id}"
    hanako.get("/console/departments").post(path, name="大阪支店", senders=[str(second)])

    with working.runtime.engine.connect() as connection:
        seen = {
            scope: list(
                connection.execute(select(senders.c.id).where(Scope(scope).covers(senders.c.id)))
                .scalars()
                .all()
            )
            for scope in (None, osaka.id)
        }
    assert {scope: sorted(ids) for scope, ids in seen.items()} == {
        None: [first, second],
        osaka.id: [second],
    }
    assert (
        hanako.get("/console/departments").post("/console/departments", name="大阪支店").status
        == 422
    )


def test_five_hundred_operators_need_nobody_to_be_paid(working: Working, hanako: Browser) -> None:
    with working.runtime.engine.begin() as connection:
        for number in range(500):
            details = members.Details(f"Op {number}", f"op{number}@example.com", Role.OPERATOR)
            members.add(connection, details)

    assert hanako.get("/console/staff").page.count("@example.com") == 501


def test_names_stay_text_on_every_page(working: Working, hanako: Browser) -> None:
    evil = "<script>alert(1)</script>"
    hanako.get("/console/staff/new").post("/console/staff/new", **(JIRO | {"name": evil}))

    for path in ("/console/staff", "/console/audit", f"/console/staff/{ids_of(working)[evil]}"):
        assert evil not in hanako.get(path).answer.get_data(as_text=True)


def test_the_console_speaks_the_language_that_a_member_chooses(
    working: Working, hanako: Browser
) -> None:
    assert "Staff" in hanako.get("/console/staff").page
    hanako.get("/console/account").post("/console/account/language", language="ja")

    assert "スタッフを追加" in hanako.get("/console/staff").page
    with working.runtime.engine.connect() as connection:
        assert members.everyone(connection)[0].language is Language.JA


def ids_of(working: Working) -> dict[str, int]:
    with working.runtime.engine.connect() as connection:
        rows = connection.execute(select(staff.c.name, staff.c.id))
        return {row.name: row.id for row in rows}
