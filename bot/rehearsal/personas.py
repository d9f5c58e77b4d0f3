"""The invented people of `personas.yaml`, and a talk of one of them with the bot."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.billing.customer_rows import Customer
from bot.errors import ScriptRefused
from bot.rehearsal.stage import Stage, Turn, open_stage
from bot.runtime import Runtime
from bot.scripts import sheet
from bot.scripts.edition import Edition
from bot.scripts.sentence import Sentence
from bot.scripts.sheet import Value
from bot.text.language import Language

FILE = Path(__file__).with_name("personas.yaml")
# A number that nobody has: Japan gives out no 090 0….
THEIRS = "+819000000001"
CUSTOMER_NUMBER = "10001234"
DUE_YEN = 12_800
# Between two texts: whoever plays a talk again at once is no flood of texts.
WRITES_FOR = timedelta(seconds=10)


@dataclass(frozen=True)
class Line:
    """What is said, and the keys of what must be answered."""

    says: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Persona:
    """An invented person: a way to write, and a talk that shows it."""

    id: str
    title: str
    language: Language
    name: str
    talk: tuple[Line, ...]


@dataclass(frozen=True)
class Talk:
    """A talk that goes on for as long as it is open."""

    stage: Stage

    def say(self, text: str) -> Turn:
        """Text the bot."""
        self.stage.let_pass(THEIRS, WRITES_FOR)
        return self.stage.hear(THEIRS, text)


@cache
def everyone() -> Mapping[str, Persona]:
    """Every persona by their id."""
    return {name: _persona(name, entry) for name, entry in sheet.read(FILE).items()}


def persona(name: str) -> Persona:
    """A persona by their id; ScriptRefused for one that there is not."""
    found = everyone().get(name)
    if found is None:
        raise ScriptRefused(Sentence("no_persona", name=name, known=", ".join(everyone())))
    return found


@contextmanager
def open_talk(runtime: Runtime, who: Persona, edition: Edition | None = None) -> Iterator[Talk]:
    """A new talk of a persona, with an edition or with the words in force."""
    with open_stage(runtime, edition) as stage:
        yield begin(stage, who)


def begin(stage: Stage, who: Persona) -> Talk:
    """The talk of a persona on a new stage."""
    number, language = CUSTOMER_NUMBER, who.language
    stage.introduce(Customer(0, THEIRS, number, who.name, language, DUE_YEN, "JPY", None), language)
    return Talk(stage)


def simulate(
    runtime: Runtime, who: Persona, texts: Iterable[str], edition: Edition | None = None
) -> list[Turn]:
    """A whole talk from its beginning: the same texts give the same turns."""
    with open_talk(runtime, who, edition) as talk:
        return [talk.say(text) for text in texts]


def _persona(name: str, entry: Value) -> Persona:
    parts = entry.entries(name)
    lines = tuple(_line(line) for line in parts["talk"].items(name))
    return Persona(
        name,
        parts["title"].text(name),
        Language(parts["language"].text(name)),
        parts["name"].text(name),
        lines,
    )


def _line(value: Value) -> Line:
    parts = value.entries("a line")
    keys = tuple(key.text("a key") for key in parts["keys"].items("keys"))
    return Line(parts["says"].text("says"), keys)
