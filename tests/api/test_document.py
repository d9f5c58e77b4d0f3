"""The OpenAPI document tells of what there is: every route, every body, every answer."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.app import create_app
from bot.runtime import Runtime
from tests.api.calling import HANAKO, Calling

PREFIX = "/api/v1"


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return create_app(runtime).test_client()


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(f"{PREFIX}/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    told: dict[str, Any] = answer.get_json()
    return told


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].removeprefix("#/components/schemas/")
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def test_every_route_is_told_and_no_other(client: FlaskClient, document: dict[str, Any]) -> None:
    rules = client.application.url_map.iter_rules()
    routes = {
        (rule.rule.removeprefix(PREFIX).replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in rules
        if rule.rule.startswith(PREFIX) and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert document["openapi"].startswith("3.1")
    assert routes == {(path, method) for path, item in document["paths"].items() for method in item}
    assert document["servers"] == [{"url": PREFIX}]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                assert resolved(document, value)
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(document)


def test_bodies_refuse_unknown_fields_and_name_the_purposes(document: dict[str, Any]) -> None:
    sent = document["paths"]["/consents"]["post"]["requestBody"]["content"]["application/json"]
    body = resolved(document, sent["schema"])

    assert body["additionalProperties"] is False
    assert set(body["required"]) == {"number", "purposes"}
    assert body["properties"]["purposes"]["items"]["enum"] == ["billing", "promotions"]


def test_refusals_are_told_in_their_one_shape(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            refusals = {key: told for key, told in operation["responses"].items() if key >= "400"}
            assert {"401", "403", "429"} <= set(refusals)
            for told in refusals.values():
                assert set(told["content"]) == {"application/problem+json"}


@pytest.mark.parametrize("name", ["consents", "stops", "holds"])
def test_answers_hold_what_their_schema_tells(
    document: dict[str, Any], calling: Calling, name: str
) -> None:
    calling.posts("/consents", {"number": HANAKO, "purposes": ["billing"]})
    for text in ("来月末に払います", "広告だけ停止"):
        calling.texting.says(HANAKO, text)
    told = calling.posts("/numbers/status", {"number": HANAKO}).get_json()
    schema = document["paths"]["/numbers/status"]["post"]["responses"]["200"]["content"]
    status = resolved(document, schema["application/json"]["schema"])

    assert set(told) == set(status["properties"])
    items = resolved(document, status["properties"][name]["items"])
    assert [set(one) for one in told[name]] == [set(items["properties"])] * len(told[name])
    assert told[name]
