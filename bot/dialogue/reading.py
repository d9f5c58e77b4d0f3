"""What a text was read as, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.vocabulary import Intent
from bot.text.amounts import Amount
from bot.text.dates import Day
from bot.text.language import Language


@dataclass(frozen=True)
class Reading:
    """The best reading of a text.

    `clarify` is true where the bot must ask back instead of acting on the intent. `language` is
    that of the word or of the script it is written in, None where the text does not tell. `back`
    marks the words that lead out of a question. `also` names what else the text says. `day` and
    `amount` are what a PROMISE, PAID or PAY names, or somebody in `hardship`, who says that they
    cannot pay. `browserless` marks a PAY of somebody who cannot open a page. `trace` says which
    layer and rule spoke and which words matched.
    """

    intent: Intent
    form: str
    language: Language | None
    clarify: bool = False
    back: bool = False
    also: tuple[Intent, ...] = ()
    day: Day | None = None
    amount: Amount | None = None
    hardship: bool = False
    browserless: bool = False
    trace: Mapping[str, str] = field(default_factory=dict)
