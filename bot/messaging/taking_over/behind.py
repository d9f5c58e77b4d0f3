"""What the first text to somebody does not say itself: it stands behind the link of the text."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from bot.billing import accounts, answers, contents, links, questions
from bot.billing.links import Term
from bot.errors import FirstRefused
from bot.messaging.answering.conversation import Locked
from bot.messaging.outbox import NOTHING, About
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.settings import Settings
from bot.text.language import Language

URL = "{url}"
# As the message of a campaign's page.
LONGEST = 2000


@dataclass(frozen=True)
class Behind:
    """What the page tells, perhaps nothing (""), and the password that it asks for, if any."""

    content: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def make(
    connection: Connection, runtime: Runtime, row: Locked, text: str, behind: Behind
) -> tuple[str, About]:
    """The text with the address of its page, and what it is about; as it is without a content.

    FirstRefused where text, content and password do not go together, the number is no customer's,
    or nobody could prove who they are.
    """
    content = "\n".join(behind.content.strip().splitlines())
    if not content and (behind.password or URL in text):
        raise FirstRefused("no_content", "There is no content for the page.")
    if not content:
        return text, NOTHING
    _check(text, content)
    password = _password(row, behind.password)
    link = _link(connection, runtime, row, _account(connection, runtime, row, password))
    contents.keep(connection, runtime.vault, link.id, content, password)
    return text.replace(URL, address(runtime.settings, link.token)), About(payment_link_id=link.id)


def address(settings: Settings, token: str) -> str:
    """Where the page of a token is."""
    return f"{settings.link_url}/p/{token}"


def _check(text: str, content: str) -> None:
    if URL not in text:
        raise FirstRefused("no_url", f"The text must say where the content is read: {URL}.")
    if len(content) > LONGEST:
        raise FirstRefused("long_content", f"A content has {LONGEST:,} characters at most.")


def _password(row: Locked, written: str) -> str:
    """In the form that is compared; "" where none is asked for."""
    if not written:
        return ""
    read = questions.read(Question.PASSWORD, written, row.now.date())
    if read is None:
        raise FirstRefused("no_password", "A password has 4 to 64 characters.")
    return read


def _account(connection: Connection, runtime: Runtime, row: Locked, password: str) -> int:
    """The first account of the number; without a password its person must have answers."""
    known = accounts.of_number(connection, runtime.vault, str(row.number))
    if not known:
        raise FirstRefused("no_customer", "This number is no customer's.")
    asked = questions.asked(None, row.questions, runtime.settings.questions)
    if not password and answers.lacking(connection, known[0].id, asked):
        raise FirstRefused("no_answers", "This person could not answer the page's questions.")
    return known[0].id


def _link(connection: Connection, runtime: Runtime, row: Locked, account_id: int) -> links.Link:
    term = Term(row.now + timedelta(hours=runtime.settings.HENJI_LINK_HOURS))
    return links.create(connection, row.id, account_id, Language(row.language), term)
