"""One turn of a conversation, as a flow sees it: what was said, what is known, what to answer."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.dialogue.effects import Effect
from bot.dialogue.intents import Reading
from bot.dialogue.vocabulary import Intent
from bot.text.format import Money


@dataclass(frozen=True)
class Account:
    """What the company knows of a customer who has this phone number.

    `as_of` is the day when what is due last changed here, by an import or a payment. `pending`
    says that cash for it is awaited at a convenience store, `paid_on` the day of the last payment.
    """

    id: int
    customer_number: str
    name: str
    due: Money
    due_date: date | None
    as_of: date
    pending: bool = False
    paid_on: date | None = None

    def proves(self, digits: str) -> bool:
        """Whether these digits are the last four of the customer number; in constant time."""
        return hmac.compare_digest(digits.encode(), self.customer_number[-4:].encode())


@dataclass(frozen=True)
class Facts:
    """What was looked up before the turn.

    `tries_left` counts the wrong answers that a number may still give to the question of who it
    is; 0 means that it is locked. `verified` is the account that was proved by text in the last ten
    minutes; `disclosed` says that amounts may be told without proof. `accounts` is filled for flows
    that need "account"; a number that was reported as somebody else's is `quarantined`, what one on
    which there is a hold owes may be `withheld`, and neither has any. They are `unavailable` while
    their source is away and nothing was known of the number before. `today` is the day where the
    person is, for flows that need "today". `least_part` is how much of what is due (in percent) may
    be paid by itself at the least; 0: only all. `store_orders` says that a number to pay with at a
    store can be had without a page. `opens_at` is when somebody of the company is there again;
    None: now.
    """

    accounts: tuple[Account, ...] = ()
    tries_left: int = 5
    quarantined: bool = False
    withheld: bool = False
    unavailable: bool = False
    verified: int | None = None
    disclosed: bool = False
    today: date | None = None
    least_part: int = 0
    store_orders: bool = False
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Reply:
    """One message to say: the script's full key and the values for its placeholders.

    `unless_missing` replies are left out where nobody wrote a script for the key; `otherwise` is
    the key to fall back to.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    unless_missing: bool = False
    otherwise: str | None = None


@dataclass
class Turn:
    """A throw-away model for one step of a flow; nothing of it is kept but what `decide` takes.

    Of this turn: `text` (what was written), `reading`, `facts`. Kept between turns: `slots`
    (JSON values) and `state`.
    """

    flow: str
    text: str
    reading: Reading
    slots: dict[str, object] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    state: str = "start"
    replies: list[Reply] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    understood: bool = True

    def say(self, key: str, **values: object) -> None:
        """Answer with a script of this flow; slots and values fill its placeholders."""
        self.replies.append(Reply(self._full(key), {**self.slots, **values}))

    def do(self, effect: Effect) -> None:
        """Ask for something to be done together with the replies."""
        self.effects.append(effect)

    def says_yes(self) -> bool:
        """Whether the text is a plain yes."""
        return self.reading.intent is Intent.YES and not self.reading.clarify

    def says_no(self) -> bool:
        """Whether the text is a plain no."""
        return self.reading.intent is Intent.NO and not self.reading.clarify

    def _full(self, key: str) -> str:
        return key if key.startswith(f"{self.flow}.") else f"{self.flow}.{key}"
