"""Which role may use which route: every route of the console, asked by every role."""

import pytest
from werkzeug.routing import Rule

from bot.staff.roles import WORKING, Role
from console import access
from tests.console.working import Working

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# What stands for the variable parts of an address.
VALUES = {"name": "htmx.min.js", "filename": "console.css", "token": "x", "role": "operator"}


def reached(**_: object) -> str:
    return "reached"


def address_of(rule: Rule) -> str:
    values = {name: VALUES.get(name, 1) for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return f"/console{built[1]}"


def asked(working: Working) -> list[tuple[str, str, str]]:
    """Endpoint, method and address of every route."""
    return [
        (rule.endpoint, method, address_of(rule))
        for rule in working.console.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_every_route_has_a_rule_and_every_rule_a_route(working: Working) -> None:
    routes = {rule.endpoint for rule in working.console.url_map.iter_rules()}

    assert routes == access.TABLE.keys()
    for roles in access.TABLE.values():
        assert roles is access.OPEN or Role.ADMINISTRATOR in roles
        assert Role.SUSPENDED not in roles


@pytest.mark.parametrize("role", sorted(WORKING))
def test_a_role_reaches_what_the_table_says_and_nothing_else(working: Working, role: Role) -> None:
    browser = working.employs("Jiro", role)
    browser.get("/console/account")
    token = browser.post("/console/account/language", language="en").follow().page
    csrf = token.split('name="csrf_token" value="')[1].split('"')[0]
    for endpoint in working.console.view_functions:
        working.console.view_functions[endpoint] = reached

    for endpoint, method, address in asked(working):
        if method == "GET":
            browser.get(address)
        else:
            browser.post(address, token=csrf)
        may = access.TABLE[endpoint] is access.OPEN or role in access.TABLE[endpoint]
        assert browser.status == (200 if may else 403), f"{role} {method} {address}"


def test_who_is_not_signed_in_reaches_the_sign_in_alone(working: Working) -> None:
    browser = working.browser().get("/console/sign-in")
    csrf = browser.page.split('name="csrf_token" value="')[1].split('"')[0]
    for endpoint in working.console.view_functions:
        working.console.view_functions[endpoint] = reached

    for endpoint, method, address in asked(working):
        answer = browser.get(address) if method == "GET" else browser.post(address, token=csrf)
        if access.TABLE[endpoint] is access.OPEN:
            assert answer.status == 200, address
        else:
            assert answer.status == 303, address
            assert answer.answer.headers["Location"].startswith("/console/sign-in")


def test_a_route_without_a_rule_is_closed_to_everybody(working: Working) -> None:
    working.console.add_url_rule("/forgotten", "forgotten", reached)
    browser = working.employs("Hanako", Role.ADMINISTRATOR)

    assert browser.get("/console/forgotten").status == 403
