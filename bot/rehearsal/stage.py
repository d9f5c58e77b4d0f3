"""Where the bot talks to invented people: the same path as an SMS, kept and sent nowhere."""

import itertools
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Row, event, select

from bot.billing import customers
from bot.billing.customer_rows import Customer
from bot.billing.sources import AccountsTable
from bot.dialogue.decision import Heard
from bot.dialogue.vocabulary import Intent
from bot.messaging import inbox
from bot.messaging.answering import conversation
from bot.messaging.sending.send import send_due
from bot.providers import Listed, Outgoing, Post
from bot.rehearsal import passing
from bot.runtime import Runtime, impatient
from bot.scripts.edition import Edition
from bot.scripts.shelf import Shelf
from bot.senders import registry
from bot.setting_types import ProviderName
from bot.settings import Settings
from bot.store.session import connect, transact
from bot.store.tables import conversations, inbound_messages, metadata, outbound_messages
from bot.text.language import Language

# A number that nobody has: Japan gives out no 050 0….
OURS = "+815000000001"
NOWHERE = "https://sms.example.com"
NO_REDIS = "unix://nowhere"
_FILE = "stage.sqlite"

_inbound, _outbound, _conversation = inbound_messages.c, outbound_messages.c, conversations.c


@dataclass(frozen=True)
class Said:
    """A message of the bot's: its words, where they come from, and what the gate said to it."""

    key: str
    revision: str
    publication: int | None
    language: str
    body: str
    encoding: str
    segments: int
    status: str
    verdict: str | None
    reasons: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Turn:
    """A text and all that came of it; a state is "flow.state", None where no question is open."""

    text: str
    intent: str | None
    trace: Mapping[str, str]
    state_before: str | None
    state_after: str | None
    consent: str
    language: str
    said: tuple[Said, ...]

    @property
    def keys(self) -> list[str]:
        """The keys of what was said."""
        return [one.key for one in self.said]

    @property
    def shown(self) -> list[str]:
        """The messages that reached the phone."""
        return [one.body for one in self.said if one.status == "sent"]


class _Phone:
    """The provider of a stage: it takes everything, and nobody gets it."""

    name = "stage"

    async def send(self, message: Outgoing, post: Post) -> str:
        return f"stage-{message.id}"

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        return ()


@dataclass(frozen=True)
class Stage:
    """The bot with a database of its own, which is gone when the stage closes."""

    runtime: Runtime
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def hear(
        self, number: str, text: str, sends: bool = True, carrier: Intent | None = None
    ) -> Turn:
        """Let a number text the bot, and what it answers go through the gate, if it `sends`.

        `carrier` is what the carrier took the text for and has answered already.
        """
        sid = f"heard-{next(self.numbers)}"
        heard = Heard(_Phone.name, sid, number, OURS, text, carrier)
        conversation_id = inbox.receive(self.runtime, heard)
        assert conversation_id is not None
        inbox.answer_waiting(self.runtime, conversation_id)
        if sends:
            send_due(self.runtime, threading.Event())
        return self._turn(sid, text)

    def introduce(self, customer: Customer, language: Language) -> None:
        """Give a number an account, and a conversation in a language."""
        transact(self.runtime.engine, lambda it: customers.keep(it, self.runtime.vault, [customer]))
        self.meet(customer.number, language)

    def meet(self, number: str, language: Language) -> int:
        """Begin a conversation in a language, and return its id."""

        def begin(connection: Any) -> int:
            sender = conversation.sender_id(connection, OURS)
            assert sender is not None
            row = conversation.make(connection, sender, number)
            connection.execute(
                conversations.update().where(_conversation.id == row.id).values(language=language)
            )
            return int(row.id)

        return transact(self.runtime.engine, begin)

    def let_pass(self, number: str, time: timedelta) -> None:
        """Move what is remembered of a number into the past, as if it had written nothing since."""
        transact(self.runtime.engine, lambda it: passing.let_pass(it, number, time))

    def _turn(self, sid: str, text: str) -> Turn:
        with self.runtime.engine.connect() as connection:
            heard = connection.execute(_HEARD.where(_inbound.provider_sid == sid)).one()
            said = connection.execute(_SAID.where(_outbound.inbound_id == heard.id)).all()
        return Turn(
            text,
            heard.intent,
            heard.trace or {},
            heard.state_before,
            heard.state_after,
            heard.consent,
            heard.language,
            tuple(map(_said, said)),
        )


_HEARD = select(inbound_messages, _conversation.consent, _conversation.language).join(conversations)
_SAID = select(outbound_messages).order_by(_outbound.position)


@contextmanager
def open_stage(runtime: Runtime, edition: Edition | None = None) -> Iterator[Stage]:
    """A stage on which the bot speaks with an edition, or with the words in force."""
    with open_stages(runtime, edition) as new_stage:
        yield new_stage()


@contextmanager
def open_stages(runtime: Runtime, edition: Edition | None = None) -> Iterator[Callable[[], Stage]]:
    """Stages one after the other: each is as new as the first, and ends the one before.

    To make the tables, and to write out each statement for the database once more, takes longer
    than a short talk; from the second stage on neither is done.
    """
    with tempfile.TemporaryDirectory(prefix="henji-", ignore_cleanup_errors=True) as folder:
        engine = connect(f"sqlite:///{folder}/{_FILE}")
        # It outlives nothing, so nothing need be on the disk.
        event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
        settings = settings_of_a_talk(runtime.settings)
        metadata.create_all(engine)
        transact(engine, lambda connection: registry.register_first(connection, settings))
        own = replace(
            runtime,
            settings=settings,
            engine=engine,
            redis=impatient(NO_REDIS),
            provider=_Phone(),
            balances=AccountsTable(),
            shelf=Shelf(edition or runtime.edition),
        )
        engine.dispose()
        untouched = Path(folder, _FILE).read_bytes()

        def new_stage() -> Stage:
            engine.dispose()
            _put_back(Path(folder), untouched)
            return Stage(own)

        try:
            yield new_stage
        finally:
            own.redis.close()
            engine.dispose()


def _put_back(folder: Path, untouched: bytes) -> None:
    """The database as it was, without what SQLite keeps beside it."""
    for file in folder.glob(f"{_FILE}*"):
        file.unlink()
    Path(folder, _FILE).write_bytes(untouched)


def settings_of_a_talk(settings: Settings) -> Settings:
    """The company's own settings, with nothing left that leads to its data or to a carrier."""
    return settings.model_copy(
        update={
            "DATABASE_URL": "sqlite://",
            "REDIS_URL": NO_REDIS,
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


def _said(row: Row[Any]) -> Said:
    return Said(
        row.script_key,
        row.revision,
        row.publication_id,
        row.language,
        row.body,
        row.encoding,
        row.segments,
        row.status,
        row.verdict,
        row.verdict_reasons or [],
    )
