"""A talk with the bot without a phone: the same path as an SMS, kept nowhere and sent to nobody."""

import itertools
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import click
from pydantic import SecretStr
from sqlalchemy import Connection, update

from bot import log
from bot.app import build_runtime, register_sender
from bot.billing import customers
from bot.billing.customer_file import Customer
from bot.dialogue.decision import Heard
from bot.messaging import inbox
from bot.messaging.answering import conversation
from bot.messaging.sending.send import send_due
from bot.providers import Listed, Outgoing, Post
from bot.runtime import Runtime
from bot.setting_types import ProviderName
from bot.settings import Settings, load
from bot.store.session import connect, transact
from bot.store.tables import conversations, metadata
from bot.text.language import Language

# Numbers that nobody has: Japan gives out no 050 0… and no 090 0….
OURS = "+815000000001"
THEIRS = "+819000000001"
CUSTOMER_NUMBER = "10001234"
DUE_YEN = 12_800
NOWHERE = "https://sms.example.com"
GREETINGS = {
    Language.JA: f"お客様番号 {CUSTOMER_NUMBER} のお客様としてお話しください。終了は Ctrl-D です。",
    Language.EN: f"You are the customer with the number {CUSTOMER_NUMBER}. Ctrl-D ends the talk.",
}


class _Phone:
    """The provider of a talk: what is sent shows on the customer's phone."""

    name = "chat"

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def send(self, message: Outgoing, post: Post) -> str:
        self.shown.append(message.body)
        return f"chat-{message.id}"

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        return ()


@dataclass(frozen=True)
class Chat:
    """A talk between one invented customer and the bot."""

    runtime: Runtime
    phone: _Phone
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def answers(self, text: str) -> list[str]:
        """What the bot answers to one text of the customer, message by message."""
        heard = Heard(self.phone.name, f"heard-{next(self.numbers)}", THEIRS, OURS, text)
        conversation_id = inbox.receive(self.runtime, heard)
        assert conversation_id is not None
        inbox.answer_waiting(self.runtime, conversation_id)
        send_due(self.runtime, threading.Event())
        shown, self.phone.shown = self.phone.shown, []
        return shown


def settings_of_a_talk(settings: Settings) -> Settings:
    """The company's own settings, with nothing left that leads to its data or to a carrier."""
    return settings.model_copy(
        update={
            "DATABASE_URL": "sqlite://",
            "REDIS_URL": "unix://nowhere",
            "SECRET_KEY": SecretStr(secrets.token_hex()),
            "PUBLIC_URL": settings.PUBLIC_URL or NOWHERE,
            "HENJI_PROVIDER": ProviderName.TWILIO,
            "TWILIO_ACCOUNT_SID": "AC0",
            "TWILIO_AUTH_TOKEN": SecretStr(""),
            "TWILIO_API_BASE": NOWHERE,
            "HENJI_SENDER": OURS,
            "HENJI_BALANCE_SOURCE": None,
        }
    )


@contextmanager
def open_chat(runtime: Runtime, language: Language) -> Iterator[Chat]:
    """A new talk that begins in a language, on a database of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="henji-chat-", ignore_cleanup_errors=True) as folder:
        engine = connect(f"sqlite:///{folder}/chat.sqlite")
        phone = _Phone()
        chat = Chat(replace(runtime, engine=engine, provider=phone), phone)
        metadata.create_all(engine)
        register_sender(chat.runtime)
        transact(engine, lambda connection: _introduce(connection, runtime, language))
        try:
            yield chat
        finally:
            engine.dispose()


def _introduce(connection: Connection, runtime: Runtime, language: Language) -> None:
    """Let the customer have an account, and a conversation in the language."""
    customer = Customer(0, THEIRS, CUSTOMER_NUMBER, "山田 花子", language, DUE_YEN, "JPY", None)
    customers.keep(connection, runtime.vault, [customer])
    sender = conversation.sender_id(connection, OURS)
    assert sender is not None
    conversation.make(connection, sender, THEIRS)
    connection.execute(update(conversations).values(language=language))


def in_the_terminal(language: str) -> None:
    """Talk until the input ends, or Ctrl-C."""
    log.configure()
    runtime = build_runtime(settings_of_a_talk(load()))
    chosen = Language(language)
    with suppress(KeyboardInterrupt), open_chat(runtime, chosen) as chat:
        for text in _typed(GREETINGS[chosen]) if sys.stdin.isatty() else _piped():
            for answer in chat.answers(text):
                click.echo("< " + answer.replace("\n", "\n  "))


def _typed(greeting: str) -> Iterator[str]:
    import readline  # noqa: F401, PLC0415 - lets one edit what one types

    click.echo(greeting)
    try:
        while True:
            if text := input("> ").strip():
                yield text
    except EOFError:
        return
    finally:
        click.echo()


def _piped() -> Iterator[str]:
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        click.echo(f"> {text}")
        yield text
