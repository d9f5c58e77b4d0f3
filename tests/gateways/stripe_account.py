"""A Stripe account behind its documented API: sessions, refunds, disputes and signed events."""

import hmac
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses

from bot.payments.gateways.stripe import StripeAtStores
from tests.gateways.stand import REFERENCE, Answer, Notice, Stand, as_json
from tests.gateways.stripe_payments import StripePayments

KEY, SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"
EMAIL = "shop@example.com"
API = "https://api.stripe.com/v1"
_ids = itertools.count(1)


@dataclass
class StripeAccount(Stand):
    name = "stripe"

    keys: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)
    payments: StripePayments = field(default_factory=StripePayments)

    def gateway(self) -> StripeAtStores:
        return StripeAtStores(EMAIL, KEY, SECRET)

    def serve(self, wire: responses.RequestsMock) -> None:
        sessions = re.escape(f"{API}/checkout/sessions")
        intents = re.escape(f"{API}/payment_intents")
        for method, path, answer in (
            ("POST", f"{sessions}", self._create),
            ("GET", f"{sessions}", lambda asked: self._list(asked, self.sessions.values())),
            ("POST", f"{sessions}/(?P<id>\\w+)/expire", self._expire),
            ("GET", f"{sessions}/(?P<id>\\w+)", self._show),
            ("POST", f"{intents}", self._create),
            ("GET", f"{intents}", lambda asked: self._list(asked, self.payments.orders.values())),
            ("POST", f"{intents}/(?P<id>\\w+)/cancel", self._cancel),
            ("GET", f"{intents}/(?P<id>\\w+)", self._show_order),
            ("GET", f"{API}/refunds", lambda asked: self._list(asked, self.refunds)),
            ("GET", f"{API}/disputes", lambda asked: self._list(asked, self.disputes)),
        ):
            wire.add_callback(method, re.compile(f"{path}(\\?.*)?$"), self._authorized(answer))

    def act(self, action: str, reference: str = REFERENCE, amount: int = 0) -> None:
        if order := self.payments.of(reference):
            self._act_on_order(order, action, amount)
        else:
            self._act_on_page(self.session(reference), action, amount)

    def _act_on_page(self, session: dict[str, Any], action: str, amount: int) -> None:
        match action:
            case "pay" | "take cash":
                self._pay(session, later=action == "take cash")
            case "order":
                session |= {"status": "complete", "url": None, "payment_intent": self._intent()}
                self._tell("checkout.session.completed", session)
            case "fail":
                session |= {"status": "complete", "failed": True}
                self._tell("checkout.session.async_payment_failed", session)
            case "expire":
                session |= {"status": "expired", "url": None}
                self._tell("checkout.session.expired", session)
            case "refund":
                self._refund(self.charges[session["payment_intent"]], amount)
            case "dispute":
                self._dispute(self.charges[session["payment_intent"]])
            case "win":
                self.disputes[-1]["status"] = "won"
                self._tell("charge.dispute.closed", self.disputes[-1])

    def signed(self, body: bytes, secret: str | None = None, age: int = 0) -> Notice:
        moment = int(time.time()) - age
        digest = hmac.digest((secret or SECRET).encode(), b"%d." % moment + body, "sha256").hex()
        return body, {"Stripe-Signature": f"t={moment},v1={digest},v0=00"}

    def altered(self, notice: Notice, **changes: Any) -> Notice:
        event = json.loads(notice[0])
        about = event["data"]["object"]
        is_order = about["object"] == "payment_intent"
        names = {"amount": "amount" if is_order else "amount_total", "currency": "currency"}
        for name, value in changes.items():
            if name == "reference":
                metadata = {"henji_reference": value} if value else {}
                order = {"henji_order": "konbini"} if is_order else {}
                about |= {"client_reference_id": value, "metadata": metadata | order}
            elif name == "session":
                about["id"] = value
            elif name == "payment":
                about["payment_intent"] = value
            else:
                about[names[name]] = value.lower() if isinstance(value, str) else value
        return self.signed(json.dumps(event | {"id": f"evt_{next(_ids)}"}).encode())

    def session(self, reference: str) -> dict[str, Any]:
        return [one for one in self.sessions.values() if one["client_reference_id"] == reference][
            -1
        ]

    def _authorized(self, answer: Any) -> Any:
        def check(asked: requests.PreparedRequest) -> Answer:
            assert asked.headers["Authorization"] == f"Bearer {KEY}"
            return answer(asked)

        return check

    def _create(self, asked: requests.PreparedRequest) -> Answer:
        self.asked.append(asked)
        key, body = asked.headers["Idempotency-Key"], str(asked.body)
        if key in self.keys:
            first, answer = self.keys[key]
            return answer if first == body else self._key_reused()
        make = self._made if "/sessions" in str(asked.url) else self._ordered
        return self.troubled(lambda: make(key, body))

    def _made(self, key: str, body: str) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        session = {
            "id": f"cs_{next(_ids)}",
            "object": "checkout.session",
            "url": "https://checkout.stripe.com/c/pay/cs_test",
            "client_reference_id": form["client_reference_id"],
            "metadata": {"henji_reference": form["metadata[henji_reference]"]},
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "created": int(self.clock),
        }
        self.sessions[str(session["id"])] = session
        self.keys[key] = (body, as_json(session))
        return self.keys[key][1]

    def _ordered(self, key: str, body: str) -> Answer:
        order = self.payments.make(body, int(self.clock))
        self.keys[key] = (body, as_json(order))
        self._tell("payment_intent.requires_action", order)
        return self.keys[key][1]

    def _cancel(self, asked: requests.PreparedRequest) -> Answer:
        order = self.payments.orders[urlsplit(str(asked.url)).path.split("/")[-2]]
        if not self.payments.cancel(order):
            return as_json({"error": {"type": "invalid_request_error", "message": "no"}}, 400)
        self._tell("payment_intent.canceled", order)
        return as_json(order)

    def _show_order(self, asked: requests.PreparedRequest) -> Answer:
        order = self.payments.orders.get(urlsplit(str(asked.url)).path.split("/")[-1])
        missing = as_json({"error": {"type": "invalid_request_error", "message": "no"}}, 404)
        return as_json(order) if order else missing

    def _act_on_order(self, order: dict[str, Any], action: str, amount: int) -> None:
        match action:
            case "take cash":
                self.payments.pay(order, int(self.clock))
                self._tell("payment_intent.succeeded", order)
            case "fail":
                self.payments.run_out(order)
                self._tell("payment_intent.payment_failed", order)
            case "expire":
                self.payments.cancel(order)
                self._tell("payment_intent.canceled", order)
            case "refund":
                self._refund(order["latest_charge"], amount)

    def _key_reused(self) -> Answer:
        return as_json({"error": {"type": "idempotency_error", "message": "other values"}}, 400)

    def _expire(self, asked: requests.PreparedRequest) -> Answer:
        session = self.sessions[urlsplit(str(asked.url)).path.split("/")[-2]]
        if session["status"] != "open":
            return as_json({"error": {"type": "invalid_request_error", "message": "no"}}, 400)
        session |= {"status": "expired", "url": None}
        return as_json(session)

    def _show(self, asked: requests.PreparedRequest) -> Answer:
        session = self.sessions.get(urlsplit(str(asked.url)).path.split("/")[-1])
        if session is None:
            return as_json({"error": {"type": "invalid_request_error", "message": "no"}}, 404)
        return as_json(self._expanded(session))

    def _list(self, asked: requests.PreparedRequest, found: Any) -> Answer:
        query = parse_qs(urlsplit(str(asked.url)).query)
        since = int(query.get("created[gte]", ["0"])[0])
        listed = [one for one in reversed(list(found)) if one["created"] >= since]
        if after := query.get("starting_after"):
            ids = [one["id"] for one in listed]
            listed = listed[ids.index(after[0]) + 1 :]
        page = [self._expanded(one) for one in listed[:2]]
        body = {"object": "list", "data": page, "has_more": len(listed) > 2}
        return as_json(body | {"url": urlsplit(str(asked.url)).path})

    def _expanded(self, one: dict[str, Any]) -> dict[str, Any]:
        intent = one.get("payment_intent")
        if one["object"] != "checkout.session" or intent is None:
            return one
        charge = self.charges.get(intent)
        status = "succeeded" if charge else "requires_action"
        voucher = {"hosted_voucher_url": "https://payments.stripe.com/konbini/voucher/test"}
        shown = {
            "id": intent,
            "object": "payment_intent",
            "status": "requires_payment_method" if one.get("failed") else status,
            "latest_charge": charge,
            "next_action": None if charge else {"konbini_display_details": voucher},
        }
        return one | {"payment_intent": shown}

    def _intent(self) -> str:
        return f"pi_{next(_ids)}"

    def _pay(self, session: dict[str, Any], later: bool) -> None:
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        session["payment_intent"] = session["payment_intent"] or self._intent()
        self.charges[session["payment_intent"]] = {
            "id": f"ch_{next(_ids)}",
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": 0,
            "currency": session["currency"],
            "payment_intent": session["payment_intent"],
            "metadata": session["metadata"],
            "created": int(self.clock),
        }
        kind = "async_payment_succeeded" if later else "completed"
        self._tell(f"checkout.session.{kind}", session)

    def _refund(self, charge: dict[str, Any], amount: int) -> None:
        charge["amount_refunded"] += amount
        refund = {"id": f"re_{next(_ids)}", "object": "refund", "charge": charge}
        self.refunds.append(refund | {"amount": amount, "created": int(self.clock)})
        self._tell("charge.refunded", charge)

    def _dispute(self, charge: dict[str, Any]) -> None:
        self.disputes.append(
            {
                "id": f"dp_{next(_ids)}",
                "object": "dispute",
                "amount": charge["amount"],
                "currency": charge["currency"],
                "payment_intent": charge["payment_intent"],
                "status": "needs_response",
                "created": int(self.clock),
            }
        )
        self._tell("charge.dispute.created", self.disputes[-1])

    def _tell(self, kind: str, about: dict[str, Any]) -> None:
        head = {"id": f"evt_{next(_ids)}", "object": "event", "type": kind}
        body = {"created": int(self.clock), "data": {"object": json.loads(json.dumps(about))}}
        self.told.append(head | body)
