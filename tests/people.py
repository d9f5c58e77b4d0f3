"""People who text: through the signed webhook in, and what the carrier got for them out."""

import itertools
import threading
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.messaging.sending.send import send_due
from bot.runtime import Runtime
from bot.store.tables import accounts, outbound_messages
from webhooks.signature import signature

OURS = "+815000000001"
_sids = itertools.count(1)


@dataclass
class Texting:
    """Texts into a runtime and drains its outbox in between."""

    runtime: Runtime
    client: FlaskClient
    seen: int = field(default=0)

    def posts(self, path: str, form: dict[str, str]) -> TestResponse:
        """Post a signed form to a webhook of Twilio's."""
        token = self.runtime.settings.secret("TWILIO_AUTH_TOKEN")
        signed = signature(f"{self.runtime.settings.PUBLIC_URL}{path}", MultiDict(form), token)
        return self.client.post(path, data=form, headers={"X-Twilio-Signature": signed})

    def hears(self, number: str, body: str, sid: str | None = None, **more: str) -> TestResponse:
        """Deliver one text of a person to the webhook."""
        form = {
            "AccountSid": "ACtests",
            "MessageSid": sid or f"SM{next(_sids)}",
            "From": number,
            "To": OURS,
            "Body": body,
            **more,
        }
        return self.posts("/webhooks/twilio/messages", form)

    def says(self, number: str, body: str, **more: str) -> list[str]:
        """Text, send what is due, and return the keys of the scripts that were sent for it."""
        assert self.hears(number, body, **more).status_code == 200
        self.sends()
        return self.new_keys()

    def sends(self) -> None:
        """Send everything that is due."""
        send_due(self.runtime, threading.Event())

    def new_keys(self) -> list[str]:
        """The script keys of the messages sent since the last look, in order."""
        sent = (
            select(outbound_messages)
            .where(outbound_messages.c.id > self.seen, outbound_messages.c.status == "sent")
            .where(outbound_messages.c.sent_by == "bot")
            .order_by(outbound_messages.c.id)
        )
        with self.runtime.engine.begin() as connection:
            rows = connection.execute(sent).all()
        self.seen = max([self.seen, *(row.id for row in rows)])
        return [row.script_key for row in rows]


def add_customer(
    runtime: Runtime, number: str, customer_number: str, due: int, currency: str = "JPY"
) -> None:
    """Register an invented customer with what is due in minor units."""
    with runtime.engine.begin() as connection:
        connection.execute(
            insert(accounts).values(
                number=number,
                customer_number=runtime.vault.seal(customer_number),
                customer_number_index=runtime.vault.index(customer_number),
                name=runtime.vault.seal("山田 花子"),
                due_minor=due,
                currency=currency,
            )
        )
