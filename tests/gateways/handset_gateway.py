"""The handset's own gateway, asked without a network; its notices are those it puts on its list."""

import json
import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import responses
from flask.testing import FlaskClient

from bot.payments.gateways.local import Local
from handset import gateway_sessions
from handset.app import create_app
from handset.gateway_events import signature
from handset.runtime import Runtime
from handset.settings import Settings
from tests.gateways.stand import REFERENCE, Answer, Notice, Stand

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"
URL, SECRET = "https://pay.example.com", "a secret of the tests and the gateway"
CHOICES = {
    "pay": "card",
    "order": "konbini",
    "take cash": "store",
    "dispute": "dispute",
    "win": "dispute",
    "fail": "fail",
}


def settings_in(folder: Path, secret: str) -> Settings:
    """The settings of a handset with the sample customers, whose texts go nowhere."""
    return Settings(
        database=folder / "handset.sqlite3",
        people=SAMPLE,
        webhook_url="http://127.0.0.1:9/unused",
        number="+815000000001",
        brand="例示商会",
        account_sid="AC" + "0" * 32,
        auth_token="unused",
        gateway_secret=secret,
    )


@dataclass
class HandsetGateway(Stand):
    name = "local"

    folder: Path = field(default=Path())
    client: FlaskClient = field(init=False)
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        app = create_app(replace(settings_in(self.folder, SECRET), url=URL))
        self.client, self.runtime = app.test_client(), app.extensions["handset"]

    def gateway(self) -> Local:
        return Local(URL, SECRET)

    def serve(self, wire: responses.RequestsMock) -> None:
        for method in ("GET", "POST"):
            wire.add_callback(method, re.compile(f"{URL}/.*"), self._answer)

    def act(self, action: str, reference: str = REFERENCE, amount: int = 0) -> None:
        session = self._find(reference)
        page = f"/gateway/pay/{session.id}"
        if action == "expire":
            self.client.post(
                f"/gateway/v1/sessions/{session.id}/expire",
                headers={"Authorization": f"Bearer {SECRET}"},
            )
        elif action == "refund":
            choice = "refund" if amount == session.request.amount else "refund_half"
            self.client.post(page, data={"choice": choice})
        else:
            self.client.post(page, data={"choice": CHOICES[action]})
        self._hear()

    def signed(self, body: bytes, secret: str | None = None, age: int = 0) -> Notice:
        moment = int(time.time()) - age
        return body, {"Henji-Gateway-Signature": signature(secret or SECRET, moment, body)}

    def altered(self, notice: Notice, **changes: Any) -> Notice:
        event = json.loads(notice[0])
        names = {"payment": "payment_id"}
        event["session"] |= {names.get(name, name): value for name, value in changes.items()}
        return self.signed(json.dumps(event | {"id": f"evt_{time.monotonic_ns()}"}).encode())

    def session(self, reference: str) -> dict[str, Any]:
        return vars(self._find(reference))

    def _answer(self, asked: requests.PreparedRequest) -> Answer:
        parts = urlsplit(str(asked.url))
        is_create = asked.method == "POST" and parts.path.endswith("/sessions")

        def make() -> Answer:
            answer = self.client.open(
                f"{parts.path}?{parts.query}",
                method=asked.method,
                data=asked.body,
                headers=dict(asked.headers),
            )
            return answer.status_code, dict(answer.headers), answer.text

        if not is_create:
            return make()
        self.asked.append(asked)
        try:
            return self.troubled(make)
        finally:
            with self.runtime.store.transaction() as db:
                rows = db.execute("SELECT id FROM sessions").fetchall()
            self.sessions = {row["id"]: {} for row in rows}

    def _find(self, reference: str) -> gateway_sessions.Session:
        with self.runtime.store.transaction() as db:
            [session] = gateway_sessions.of_reference(db, reference, 1)
        return session

    def _hear(self) -> None:
        """Take the reports off the list of errands, as the courier would."""
        with self.runtime.store.transaction() as db:
            rows = db.execute("SELECT * FROM errands WHERE kind = 'payment' ORDER BY id").fetchall()
            db.execute("DELETE FROM errands WHERE kind = 'payment'")
        self.told += [json.loads(row["detail"]) for row in rows]
