"""Signing in: invited, with a password that will do, a second factor, and not too often."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.runtime import impatient
from bot.staff import roles
from bot.staff.roles import Role, Rule
from bot.store.columns import seconds_from_now
from bot.store.tables import staff, staff_invitations, staff_sessions
from tests.console.working import KEY, PASSWORD, Working, code_of, fingerprint

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOME = "/console/account"


def test_an_operator_is_invited_chooses_a_password_and_signs_in(working: Working) -> None:
    path, browser = working.invites("Jiro"), working.browser()

    assert "Welcome, Jiro" in browser.get(f"{path}?lang=en").page
    browser.post(path, password=PASSWORD).follow()
    assert "パスワードを設定しました" in browser.page
    browser.sign_in("JIRO@example.com ").follow()

    assert [act.act for act in working.acts()] == ["password_set", "sign_in"]
    assert browser.get(HOME).status == 200
    assert browser.get(path).status == 404
    with working.runtime.engine.connect() as connection:
        row = connection.execute(select(staff)).one()
    assert row.password.startswith("$argon2id$")
    assert PASSWORD not in str(row)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 12"),
        ("passwordpassword", "easy to guess"),
        ("jiro@example.com", "easy to guess"),
        ("x" * 129, "128 characters"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(
    working: Working, password: str, told: str
) -> None:
    path, browser = working.invites("Jiro"), working.browser()

    browser.get(path).post(f"{path}?lang=en", password=password)

    assert (browser.status, told in browser.page) == (422, True)
    assert 'id="password" name="password" value' not in browser.page


def test_an_invitation_ends_after_three_days_and_by_a_newer_one(working: Working) -> None:
    path = working.invites("Jiro")
    with working.runtime.engine.begin() as connection:
        past = update(staff_invitations).values(expires_at=seconds_from_now(-1))
        connection.execute(past)

    assert working.browser().get(path).status == 404


def test_an_administrator_sets_up_a_second_factor_before_anything_else(working: Working) -> None:
    path, browser = working.invites("Hanako", Role.ADMINISTRATOR), working.browser()
    browser.get(path).post(path, password=PASSWORD)

    browser.sign_in("hanako@example.com").follow()
    assert "QR code" in browser.page
    assert browser.get(HOME).status == 303, "the password alone opens nothing"
    browser.get("/console/sign-in/set-up?lang=en").set_up()

    assert len(browser.recovery_codes) == 10
    assert browser.get(HOME).status == 200
    kept = str(_staff_row(working))
    assert browser.key.replace("-", "") not in kept
    assert not [code for code in browser.recovery_codes if code in kept]


def test_a_code_opens_once_and_a_recovery_code_too(working: Working) -> None:
    first = working.employs("Hanako", Role.ADMINISTRATOR)
    codes, browser = first.recovery_codes, working.browser()

    browser.sign_in("hanako@example.com").follow()
    used = browser.post("/console/sign-in/code?lang=en", code=code_of(first.key))
    assert (used.status, "code is not right" in used.page) == (422, True)
    browser.post("/console/sign-in/code", code=code_of(first.key, ahead=1))
    assert browser.get(HOME).status == 200

    for expected in (303, 422):
        again = working.browser()
        again.sign_in("hanako@example.com").follow()
        assert again.post("/console/sign-in/code", code=f" {codes[0]} ").status == expected
    assert "Recovery codes left: 9" in browser.get(HOME).page


def test_the_old_app_stays_until_the_new_one_has_shown_a_code(working: Working) -> None:
    hanako = working.employs("Hanako", Role.ADMINISTRATOR)
    old = _staff_row(working).tf_totp_secret
    hanako.get(HOME).post("/console/account/second-factor", password=PASSWORD)
    ended = working.acts()[-1]
    assert (ended.act, ended.details) == ("session_end", {"sessions": 1})
    key = KEY.search(hanako.follow().page)
    assert key, hanako.page

    assert _staff_row(working).tf_totp_secret == old

    other = working.browser()
    other.sign_in("hanako@example.com")
    assert other.answer.location.startswith("/console/sign-in/code")
    assert other.get("/console/sign-in/set-up").status == 303

    hanako.post("/console/sign-in/set-up", code=code_of(key[1], ahead=1))
    told = [(one.actor, one.act, one.subject) for one in working.acts()[-2:]]
    assert told == [
        ("staff:Hanako", "second_factor_remove", "staff 1"),
        ("staff:Hanako", "second_factor_set", "staff 1"),
    ]
    assert hanako.get(HOME).status == 200
    assert _staff_row(working).tf_totp_secret != old


def test_who_had_no_second_factor_removes_none(working: Working) -> None:
    jiro = working.employs("Jiro")
    jiro.get(HOME).post("/console/account/second-factor", password=PASSWORD)
    jiro.follow().set_up()
    acts = [one.act for one in working.acts()]
    assert ("second_factor_set" in acts, "second_factor_remove" in acts) == (True, False)


def test_too_many_tries_lock_an_account_for_everybody_and_tell_nobody_whether_it_exists(
    working: Working,
) -> None:
    working.employs("Jiro")
    for email in ("jiro@example.com", "nobody@example.com"):
        browser = working.browser("198.51.100.9")
        told = [browser.sign_in(email, "wrong password!").page for _ in range(10)]
        assert all("not right" in page for page in told)
        assert browser.sign_in(email, PASSWORD).status == 429
    assert "too many tries" in working.browser().sign_in("jiro@example.com").page
    refused = [act for act in working.acts() if act.act == "sign_in_refused"]
    assert {act.address for act in refused} == {"198.51.100.9", "192.0.2.7"}
    assert not [act for act in refused if "nobody" in act.subject or "@" in str(act)]


def test_one_address_does_not_guess_its_way_through_many_accounts(working: Working) -> None:
    working.employs("Jiro")
    guessing = working.browser("198.51.100.9")
    for number in range(50):
        guessing.sign_in(f"user{number}@example.com", "wrong password!")

    assert guessing.sign_in("jiro@example.com").status == 429
    assert working.browser().sign_in("jiro@example.com").status == 303


def test_while_tries_cannot_be_counted_nobody_signs_in(working: Working) -> None:
    signed_in = working.employs("Jiro")
    away = replace(working.runtime, redis=impatient("redis://127.0.0.1:1/0"))

    browser = Working.at(away).browser()

    assert browser.sign_in("jiro@example.com").status == 503
    assert signed_in.get(HOME).status == 200


def test_a_role_signs_in_from_its_own_addresses_only(working: Working) -> None:
    jiro = working.employs("Jiro")
    with working.runtime.engine.begin() as connection:
        roles.set_rule(connection, Role.OPERATOR, Rule(networks=("192.0.2.0/24",)))

    outside = working.browser("203.0.113.5")
    assert outside.sign_in("jiro@example.com").status == 403
    assert jiro.get(HOME).status == 200
    jiro.address = "203.0.113.5"
    assert jiro.get(HOME).status == 403
    assert working.acts()[-1].details == {"why": "address"}


def test_where_no_role_may_sign_in_there_is_not_even_a_form(working: Working) -> None:
    with working.runtime.engine.begin() as connection:
        for role in roles.WORKING:
            roles.set_rule(connection, role, Rule(networks=("192.0.2.0/24", "2001:db8::/64")))

    assert working.browser("203.0.113.5").get("/console/sign-in").status == 403
    assert working.browser("::ffff:192.0.2.9").get("/console/sign-in").status == 200
    assert working.browser("2001:db8::1").get("/console/sign-in").status == 200


def test_a_session_ends_by_sign_out_everywhere_idleness_and_age(working: Working) -> None:
    here = working.employs("Jiro")
    there = working.browser()
    there.sign_in("jiro@example.com")
    assert there.get(HOME).page.count("Chrome") == 0
    assert there.get(HOME).status == 200

    here.get(HOME).post("/console/account/sessions/end-all")
    assert [each.get(HOME).status for each in (here, there)] == [303, 303]

    for column in ("seen_at", "created_at"):
        browser = working.browser()
        browser.sign_in("jiro@example.com")
        assert browser.get(HOME).status == 200
        with working.runtime.engine.begin() as connection:
            old = {column: seconds_from_now(-13 * 3600)}
            connection.execute(update(staff_sessions).values(old))
        assert browser.get(HOME).status == 303


def test_one_of_several_sessions_is_signed_out_from_the_other(working: Working) -> None:
    here, there, stranger = working.employs("Jiro"), working.browser(), working.employs("Ken")
    there.sign_in("jiro@example.com")
    (ends,) = re.findall(r'action="(/console/account/sessions/\d+/end)"', here.get(HOME).page)

    assert stranger.get(HOME).post(ends).status == 303
    assert there.get(HOME).status == 200, "it is not the stranger's to end"
    here.post(ends)

    assert (here.get(HOME).status, there.get(HOME).status) == (200, 303)


def test_a_suspended_member_is_out_at_once(working: Working) -> None:
    jiro = working.employs("Jiro")
    with working.runtime.engine.begin() as connection:
        connection.execute(update(staff).values(role="suspended"))

    assert jiro.get(HOME).status == 303
    assert working.browser().sign_in("jiro@example.com").status == 422


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(working: Working) -> None:
    here, there = working.employs("Jiro"), working.browser()
    there.sign_in("jiro@example.com")
    new = "another quiet hillside 7"

    here.get(HOME).post("/console/account/password", password="wrong", new_password=new)
    assert (here.status, "not right" in here.page) == (422, True)
    here.post("/console/account/password", password=PASSWORD, new_password=new)

    assert (here.get(HOME).status, there.get(HOME).status) == (200, 303)
    assert working.browser().sign_in("jiro@example.com", new).status == 303


def test_a_form_from_elsewhere_changes_nothing(working: Working) -> None:
    jiro = working.employs("Jiro")

    assert jiro.get(HOME).post("/console/account/sessions/end-all", token="forged").status == 400
    assert jiro.get(HOME).status == 200


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/console/account?lang=en", "/console/account?lang=en"),
        ("https://evil.example/console/", "/console/"),
        ("//evil.example/console/", "/console/"),
        ("/\\evil.example", "/console/"),
        ("/webhooks/twilio/messages", "/console/"),
        ("javascript:alert(1)", "/console/"),
    ],
)
def test_after_the_sign_in_one_goes_on_within_the_console(
    working: Working, wanted: str, goes: str
) -> None:
    working.employs("Jiro")
    browser = working.browser().get("/console/sign-in")
    browser.post("/console/sign-in", email="jiro@example.com", password=PASSWORD, next=wanted)

    assert browser.answer.headers["Location"] == goes


def test_a_page_that_was_asked_for_comes_after_the_sign_in(working: Working) -> None:
    browser = working.browser().get("/console/account?x=1")

    assert browser.status == 303
    assert browser.answer.headers["Location"].endswith("next=/console/account?x%3D1")
    part = browser.get("/console/account", **{"HX-Request": "true"})
    assert (part.status, part.answer.headers["HX-Redirect"]) == (401, "/console/sign-in")


def test_the_cookie_and_the_headers_keep_the_console_to_itself(working: Working) -> None:
    browser = working.employs("Jiro").get(HOME)
    headers = browser.answer.headers

    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"]
    signing_in = working.browser().sign_in("jiro@example.com")
    (cookie,) = signing_in.answer.headers.getlist("Set-Cookie")
    assert {"Secure", "HttpOnly", "Path=/console", "SameSite=Lax"} <= set(cookie.split("; "))
    with working.runtime.engine.connect() as connection:
        kept = connection.execute(select(staff_sessions.c.token_hash)).scalars()
        assert fingerprint("") not in set(kept)


def _staff_row(working: Working) -> Row[Any]:
    with working.runtime.engine.connect() as connection:
        return connection.execute(select(staff)).one()


def test_other_doors_know_nothing_of_the_console(working: Working) -> None:
    answer = working.app.test_client().get("/healthz")

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
