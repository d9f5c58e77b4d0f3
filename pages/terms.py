"""The words of the opt-in form: what is shown is what is kept as evidence, by construction."""

import hashlib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from bot.compliance import purposes
from bot.compliance.purposes import Document, PurposeType
from bot.settings import Settings
from bot.text.language import Language
from pages import wording
from pages.wording import Words

TEMPLATES = Path(__file__).parent / "templates"
KINDS = {
    PurposeType.PROMOTIONAL: "join_kind_promotional",
    PurposeType.TRANSACTIONAL: "join_kind_transactional",
}
FORM = ("base.html", "join/base.html", "join/form.html")


@dataclass(frozen=True)
class Topic:
    """One box: a purpose as the form tells it."""

    key: str
    title: str
    kind: str
    frequency: str
    wording: str


@dataclass(frozen=True)
class Terms:
    """All that somebody agrees to who ticks boxes of the form and taps its button."""

    topics: tuple[Topic, ...]
    notices: tuple[str, ...]
    policy: str
    button: str

    @classmethod
    def of(cls, words: Words, settings: Settings, language: Language) -> "Terms":
        """The terms as they are shown today, in a language."""
        say = partial(wording.say, words[language], language, "")
        version = settings.HENJI_POLICY_VERSION
        policy = say("join_policy_version", version=version) if version else say("join_policy")
        shipped = purposes.shipped()
        documents = (purposes.current(shipped, key) for key in shipped)
        return cls(
            tuple(_topic(one, words, language) for one in documents),
            (say("join_handling"), say("join_costs"), say("join_stop")),
            policy if version or settings.HENJI_POLICY_URL else "",
            say("join_button"),
        )

    @property
    def text(self) -> str:
        """The words as one text, in the order in which they stand on the page."""
        boxes = [
            f"☐ {one.title} ({one.kind}) / {one.frequency} / {one.wording}" for one in self.topics
        ]
        return "\n".join(filter(None, [*boxes, *self.notices, self.policy, f"[{self.button}]"]))

    @property
    def hash(self) -> str:
        """The SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def reference(self) -> str:
        """What the form itself says it is: its version, and the first 12 digits of the hash."""
        return f"{form_version()}-{self.hash[:12]}"


@cache
def form_version() -> str:
    """The first 12 hex digits of the SHA-256 of the form's templates."""
    digest = hashlib.sha256()
    for name in FORM:
        digest.update((TEMPLATES / name).read_bytes())
    return digest.hexdigest()[:12]


def _topic(document: Document, words: Words, language: Language) -> Topic:
    return Topic(
        document.key,
        document.title[language],
        words[language][KINDS[document.type]],
        document.frequency[language],
        document.wording[language],
    )
