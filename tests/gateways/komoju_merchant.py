"""A KOMOJU merchant behind its documented API: sessions, payments, past and signed events."""

import base64
import hmac
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses

from bot.payments.gateways.komoju import Komoju
from tests.gateways.stand import REFERENCE, Answer, Notice, Stand, as_json

KEY, SECRET = "sk_test_of_the_tests", "a webhook token of the tests"
API = "https://komoju.com/api/v1"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
STORE = {
    "type": "konbini",
    "store": "lawson",
    "receipt": "12345678901",
    "confirmation_code": "400008",
    "instructions_url": "https://komoju.com/ja/instructions/test",
}
_ids = itertools.count(1)


@dataclass
class KomojuMerchant(Stand):
    name = "komoju"
    has_time = False
    failure_ends = False

    keys: dict[str, Answer] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def gateway(self) -> Komoju:
        return Komoju(KEY, SECRET)

    def serve(self, wire: responses.RequestsMock) -> None:
        sessions = re.escape(f"{API}/sessions")
        for method, path, answer in (
            ("POST", f"{sessions}", self._create),
            ("POST", f"{sessions}/(?P<id>\\w+)/cancel", self._cancel),
            ("GET", f"{sessions}/(?P<id>\\w+)", self._show),
            ("GET", f"{API}/payments", lambda asked: self._list(asked, self._payments())),
            ("GET", f"{API}/events", lambda asked: self._list(asked, self.events)),
        ):
            wire.add_callback(method, re.compile(f"{path}(\\?.*)?$"), self._authorized(answer))

    def act(self, action: str, reference: str = REFERENCE, amount: int = 0) -> None:
        session = self.session(reference)
        payment = session["payment"] = session["payment"] or self._payment(session)
        match action:
            case "pay" | "take cash":
                payment |= {"status": "captured", "captured_at": self._now()}
                session["status"] = "completed"
                self._tell("payment.captured", payment)
            case "order":
                deadline = self._now(timedelta(days=3))
                payment |= {"status": "authorized", "payment_deadline": deadline}
                payment["payment_details"], session["status"] = STORE, "completed"
                self._tell("payment.authorized", payment)
            case "fail":
                payment["status"] = "failed"
                self._tell("payment.failed", payment)
            case "expire":
                payment["status"], session["expired"] = "expired", True
                self._tell("payment.expired", payment)
            case "refund":
                self._give_back(payment, amount, chargeback=False)
            case "dispute":
                self._give_back(payment, payment["total"], chargeback=True)

    def signed(self, body: bytes, secret: str | None = None, age: int = 0) -> Notice:
        digest = hmac.digest((secret or SECRET).encode(), body, "sha256").hex()
        return body, {"X-Komoju-Signature": digest, "X-Komoju-Event": "payment"}

    def altered(self, notice: Notice, **changes: Any) -> Notice:
        event = json.loads(notice[0])
        names = {"reference": "external_order_num", "payment": "id"}
        event["data"] |= {names.get(name, name): value for name, value in changes.items()}
        return self.signed(json.dumps(event | {"id": f"evt_{next(_ids)}"}).encode())

    def session(self, reference: str) -> dict[str, Any]:
        return [
            one
            for one in self.sessions.values()
            if one["payment_data"]["external_order_num"] == reference
        ][-1]

    def _authorized(self, answer: Any) -> Any:
        def check(asked: requests.PreparedRequest) -> Answer:
            assert asked.headers["Authorization"] == BASIC
            return answer(asked)

        return check

    def _create(self, asked: requests.PreparedRequest) -> Answer:
        self.asked.append(asked)
        key = asked.headers["X-KOMOJU-IDEMPOTENCY"]
        if key in self.keys:
            return self.keys[key]
        return self.troubled(lambda: self._made(key, json.loads(asked.body or b"")))

    def _made(self, key: str, wish: dict[str, Any]) -> Answer:
        number = next(_ids)
        session = {
            "id": f"session{number}",
            "resource": "session",
            "mode": "payment",
            "amount": wish["amount"],
            "currency": wish["currency"],
            "session_url": f"https://komoju.com/sessions/session{number}",
            "return_url": wish["return_url"],
            "created_at": self._now(),
            "status": "pending",
            "expired": False,
            "payment": None,
            "payment_data": wish["payment_data"],
        }
        self.sessions[str(session["id"])] = session
        self.keys[key] = as_json(session)
        return self.keys[key]

    def _cancel(self, asked: requests.PreparedRequest) -> Answer:
        session = self.sessions[urlsplit(str(asked.url)).path.split("/")[-2]]
        if session["status"] != "pending":
            return as_json({"error": {"code": "unprocessable_entity"}}, 422)
        session["status"] = "cancelled"
        return as_json(session)

    def _show(self, asked: requests.PreparedRequest) -> Answer:
        session = self.sessions.get(urlsplit(str(asked.url)).path.split("/")[-1])
        missing = as_json({"error": {"code": "not_found"}}, 404)
        return as_json(session) if session else missing

    def _list(self, asked: requests.PreparedRequest, found: list[dict[str, Any]]) -> Answer:
        query = {name: each[0] for name, each in parse_qs(urlsplit(str(asked.url)).query).items()}
        since = datetime.fromisoformat(query.get("start_time", "2000-01-01T00:00:00+00:00"))
        wanted = query.get("external_order_num")
        listed = [
            one
            for one in reversed(found)
            if datetime.fromisoformat(one["created_at"]) >= since
            and wanted in {None, one.get("external_order_num")}
        ]
        page, size = int(query.get("page", 1)), 2
        data = listed[(page - 1) * size : page * size]
        last = max(-(-len(listed) // size), 1)
        return as_json({"resource": "list", "data": data, "page": page, "last_page": last})

    def _payments(self) -> list[dict[str, Any]]:
        return [one["payment"] for one in self.sessions.values() if one["payment"]]

    def _payment(self, session: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": f"payment{next(_ids)}",
            "resource": "payment",
            "status": "pending",
            "amount": session["amount"],
            "tax": 0,
            "payment_deadline": None,
            "payment_details": {"type": "credit_card", "brand": "visa"},
            "payment_method_fee": 190,
            "total": session["amount"] + 190,
            "currency": session["currency"],
            "captured_at": None,
            "external_order_num": session["payment_data"]["external_order_num"],
            "metadata": {},
            "created_at": self._now(),
            "amount_refunded": 0,
            "session": session["id"],
            "refunds": [],
        }

    def _give_back(self, payment: dict[str, Any], amount: int, chargeback: bool) -> None:
        payment["amount_refunded"] += amount
        refund = {"id": f"refund{next(_ids)}", "resource": "refund", "amount": amount}
        amount = min(amount, payment["amount"])
        payment["refunds"].append(refund | {"amount": amount, "chargeback": chargeback})
        self._tell("payment.refund.created", payment)
        if payment["amount_refunded"] >= payment["amount"]:
            payment["status"] = "refunded"
            self._tell("payment.refunded", payment)

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return (datetime.fromtimestamp(self.clock, UTC) + ahead).isoformat()

    def _tell(self, kind: str, about: dict[str, Any]) -> None:
        head = {"id": f"evt_{next(_ids)}", "type": kind, "resource": "event", "reason": None}
        event = head | {"created_at": self._now(), "data": json.loads(json.dumps(about))}
        self.events.append(event)
        self.told.append(event)
