"""A person who got a payment link, in a browser; and the gateway that tells what became of it."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import Row, and_, select, update
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from bot.alerts import unsettled
from bot.app import create_app
from bot.payments.gateways import Gateway as GatewayProtocol
from bot.payments.link import Seen, look
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    accounts,
    checkouts,
    gateway_events,
    metadata,
    payment_links,
    payments,
)
from pages import proof
from tests.gateway import Gateway, notice, signed
from tests.people import Texting, add_customer

HANAKO = "+819000000001"
ALICE = "+12025550123"
_LINK = re.compile(r"https?://[\w.:]+/p/(\w+)")


@dataclass
class Paying:
    """A runtime with a gateway at its edge, a person's phone and her browser."""

    runtime: Runtime
    gateway: Gateway
    texting: Texting
    browser: FlaskClient
    token: str = field(default="")

    @classmethod
    def at(cls, runtime: Runtime, through: GatewayProtocol | None = None) -> "Paying":
        """With a gateway that does as it is told, or `through` another one."""
        gateway = Gateway()
        runtime = replace(runtime, gateways={gateway.name: gateway})
        if through is not None:
            runtime = replace(runtime, gateways={through.name: through})
        app = create_app(runtime)
        return cls(runtime, gateway, Texting(runtime, app.test_client()), app.test_client())

    def is_customer(
        self, number: str = HANAKO, digits: str = "1234", due: int = 12800, currency: str = "JPY"
    ) -> None:
        """Register the person, with a customer number that ends in `digits`."""
        add_customer(self.runtime, number, f"1000{digits}", due, currency)

    def gets_link(self, number: str = HANAKO, word: str = "支払い") -> str:
        """Text for a link and return its token."""
        self.texting.sends()
        self.texting.new_keys()
        keys = self.texting.says(number, word)
        assert keys[0] == "payment.link"
        return self.finds_link(number)

    def finds_link(self, number: str = HANAKO) -> str:
        """Take the token of the newest link in the texts."""
        self.token = _LINK.findall(" ".join(self.bodies(number)))[-1]
        return self.token

    def bodies(self, number: str = HANAKO) -> list[str]:
        """What the carrier got for her."""
        found: list[str] = self.runtime.provider.bodies(number)  # type: ignore[attr-defined]
        return found

    def opens(self, path: str = "", **more: Any) -> TestResponse:
        return self.browser.get(f"/p/{self.token}{path}", **more)

    def answers(self, digits: str = "1234", **more: Any) -> TestResponse:
        return self.browser.post(f"/p/{self.token}", data={"digits": digits}, **more)

    def taps_pay(self, **more: Any) -> TestResponse:
        """Tap the button; unless said otherwise, its form tells the amount that the page shows."""
        more.setdefault("data", {"amount": self._amount_shown()})
        return self.browser.post(f"/p/{self.token}/pay", **more)

    def begins(self) -> str:
        """Answer, tap the button, and return our reference at the gateway."""
        assert self.answers().status_code == 303
        assert self.taps_pay().status_code == 303
        return self.gateway.asked[-1].reference

    def hears_of(self, body: bytes, headers: dict[str, str] | None = None) -> TestResponse:
        """Bring a notice of the gateway to the webhook, rightly signed unless said otherwise."""
        given = signed(body) if headers is None else headers
        return self.texting.client.post("/webhooks/local", data=body, headers=given)

    def told(self, status: str, **changes: Any) -> list[str]:
        """Bring a notice about the last payment begun; return the scripts sent because of it."""
        reference = changes.pop("reference", None) or self.gateway.asked[-1].reference
        assert self.hears_of(notice(status, reference, **changes)).status_code == 200
        self.texting.sends()
        return self.texting.new_keys()

    def has_proof(self, age: int) -> None:
        """Put a proof of `age` seconds into the browser."""
        name, value = self._proof(self._seen(), age)
        self.browser.set_cookie(name, value, path=f"/p/{self.token}")

    def proof_holds(self, age: int) -> bool:
        """Whether a proof counts exactly `age` seconds after it was given."""
        link = self._seen()
        name, value = self._proof(link, age)
        asked = self.browser.application.test_request_context(headers={"Cookie": f"{name}={value}"})
        with asked:
            return proof.holds(self.runtime.settings, link)

    def _seen(self) -> Seen:
        link = look(self.runtime, self.token)
        assert link is not None
        return link

    def _proof(self, link: Seen, age: int) -> tuple[str, str]:
        response = Response()
        given = replace(link, now=link.now - timedelta(seconds=age))
        proof.give(response, self.runtime.settings, self.token, given)
        cookie = parse_cookie(response.headers["Set-Cookie"])
        [pair] = [pair for pair in cookie.items() if pair[0].endswith("henji-payment")]
        return pair

    def stranger(self) -> FlaskClient:
        """A browser of its own."""
        return self.browser.application.test_client()

    def with_settings(self, **changes: object) -> "Paying":
        """The same link, served by a process with other settings."""
        settings = self.runtime.settings.model_copy(update=changes)
        return self.with_runtime(replace(self.runtime, settings=settings))

    def with_runtime(self, runtime: Runtime) -> "Paying":
        """The same link, served by another process."""
        browser = create_app(runtime).test_client()
        return replace(self, runtime=runtime, browser=browser)

    def everything(self) -> list[list[Row[Any]]]:
        """Every row of every table."""
        return [self._rows(select(table)) for table in metadata.sorted_tables]

    def link(self) -> Row[Any]:
        """The newest link's row, with its attempt under way and the payment that paid for it."""
        under_way = and_(
            checkouts.c.payment_link_id == payment_links.c.id,
            checkouts.c.attempt == payment_links.c.failures + 1,
        )
        paid = and_(payments.c.payment_link_id == payment_links.c.id, payments.c.credited)
        found = (
            select(
                payment_links,
                checkouts.c.amount_minor.label("due_minor"),
                checkouts.c.currency,
                checkouts.c.gateway,
                checkouts.c.session.label("gateway_session"),
                payments.c.gateway_payment,
            )
            .outerjoin(checkouts, under_way)
            .outerjoin(payments, paid)
            .order_by(payment_links.c.id)
        )
        return self._rows(found)[-1]

    def due(self) -> int:
        return int(self._rows(select(accounts.c.due_minor))[0][0])

    def alerts(self) -> list[tuple[str, str]]:
        """The kinds and words of the alerts that are open, the oldest first."""
        with self.runtime.engine.begin() as connection:
            return [(one.kind, one.words) for one in reversed(unsettled(connection))]

    def outcomes(self) -> list[str]:
        """What was written down about the gateway's notices, in order."""
        rows = self._rows(select(gateway_events.c.outcome).order_by(gateway_events.c.id))
        return [row.outcome for row in rows]

    def link_expires(self) -> None:
        self.changes(update(payment_links).values(expires_at=seconds_from_now(-1)))

    def owes(self, minor: int) -> None:
        self.changes(update(accounts).values(due_minor=minor))

    def changes(self, statement: Any) -> None:
        with self.runtime.engine.begin() as connection:
            connection.execute(statement)

    def _amount_shown(self) -> str:
        found = re.search(r'name="amount" value="(\d+)"', self.opens().text)
        return found[1] if found else ""

    def _rows(self, statement: Any) -> list[Row[Any]]:
        with self.runtime.engine.begin() as connection:
            return list(connection.execute(statement))
