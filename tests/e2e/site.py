"""Henji as it runs in production, for a test that texts and looks."""

from pathlib import Path

import requests
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from bot.billing.customer_file import CustomerFile
from bot.demo.environment import CUSTOMERS
from bot.messaging.debts import import_file
from bot.store.crypto import Vault
from bot.store.tables import outbound_messages
from chaos import site
from tests.e2e.phone import TIMEOUT_S, Handset
from webhooks.signature import signature

EVERYTHING = ("valkey", "handset", "clock", "worker", "web")


class Site(site.Site):
    """The processes of one test; `valkey` is where its Valkey listens."""

    def __init__(self, folder: Path, database_url: str, valkey: Path) -> None:
        super().__init__(folder, database_url, valkey)
        self.handset = Handset(self.handset.url)

    def seed(self) -> None:
        """Register the sample's customers."""
        vault = Vault(self.environment["SECRET_KEY"])
        import_file(self.engine, vault, CustomerFile.open(CUSTOMERS))

    def deliver(self, sid: str, number: str, body: str) -> int:
        """Bring a text to the bot as the carrier would; the status of the bot's answer."""
        url = f"{self.environment['PUBLIC_URL']}/webhooks/twilio/messages"
        form = {
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "MessageSid": sid,
            "From": number,
            "To": self.environment["HENJI_SENDER"],
            "Body": body,
        }
        signed = signature(url, MultiDict(form), self.environment["TWILIO_AUTH_TOKEN"])
        headers = {"X-Twilio-Signature": signed}
        return requests.post(url, data=form, headers=headers, timeout=TIMEOUT_S).status_code

    def statuses(self) -> list[str]:
        """Where each message to a person stands, oldest first."""
        query = select(outbound_messages.c.status).order_by(outbound_messages.c.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))
