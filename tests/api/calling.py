"""A company's system with a key of the API, and the address from which it calls."""

import time
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Row, select
from werkzeug.test import TestResponse

from api import keys, signature
from bot.app import create_app
from bot.compliance import audit
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import consent_events
from tests.people import Texting

HANAKO = "+819000000001"
NETWORKS = ("192.0.2.0/24", "2001:db8::/64")
FROM = "192.0.2.10"
PROBLEM = "application/problem+json"


@dataclass
class Calling:
    """Calls with a bearer key unless told otherwise; `texting` is the other side."""

    runtime: Runtime
    client: FlaskClient
    key: str
    texting: Texting = field(repr=False)
    others: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def at(cls, runtime: Runtime) -> "Calling":
        app = create_app(runtime)
        texting = Texting(runtime, app.test_client())
        calling = cls(runtime, app.test_client(), "", texting)
        calling.key = calling.gets_key("crm")
        return calling

    def gets_key(self, name: str, allow: tuple[str, ...] = NETWORKS, **kind: bool) -> str:
        vault = self.runtime.vault
        return transact(self.runtime.engine, lambda it: keys.add(it, vault, name, allow, **kind))

    def gets(self, path: str, **more: Any) -> TestResponse:
        return self._calls("GET", path, **more)

    def posts(self, path: str, body: object = None, **more: Any) -> TestResponse:
        return self._calls("POST", path, **({"json": body} | more))

    def signs(
        self, secret: str, name: str, path: str, body: bytes, at: int | None = None, **more: Any
    ) -> TestResponse:
        """Post a signed request; what is sent may differ from what was signed."""
        moment = int(time.time()) if at is None else at
        v1 = signature.sign(secret, moment, "POST", f"/api/v1{path}", body)
        given = {"Authorization": f"{signature.SCHEME} name={name},t={moment},v1={v1}"}
        more = {"data": body, "content_type": "application/json"} | more
        return self._calls("POST", path, json=None, given=given, **more)

    def entries(self) -> list[Row[Any]]:
        """The ledger, whose chain holds."""
        with self.runtime.engine.begin() as connection:
            assert audit.verify(connection).broken is None
            return list(connection.execute(select(consent_events).order_by(consent_events.c.id)))

    def _calls(
        self,
        method: str,
        path: str,
        address: str = FROM,
        given: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        credentials = {"Authorization": f"Bearer {self.key}"} if given is None else given
        if more.get("json") is None:
            more.pop("json", None)
        return self.client.open(
            f"/api/v1{path}",
            method=method,
            headers={**credentials, **(headers or {})},
            environ_base={"REMOTE_ADDR": address},
            **more,
        )


def refused(answer: TestResponse) -> tuple[int, str]:
    """Status and sentence of a refusal, which has the one shape there is."""
    assert answer.content_type == PROBLEM
    told = answer.get_json(force=True)
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["status"] == answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, told["detail"]
