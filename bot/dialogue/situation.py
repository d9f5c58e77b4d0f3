"""What a decision on one text starts from."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.dialogue.decision import Decision, Flows, Heard, Late, View
from bot.dialogue.flow import Flow
from bot.dialogue.intents import Reading
from bot.dialogue.turn import Facts, Reply, Turn
from bot.dialogue.vocabulary import Intent

ALWAYS_HEARD = frozenset({Intent.STOP, Intent.START, Intent.HELP})


@dataclass(frozen=True)
class Situation:
    """All that a decision may depend on.

    `narrow` is the one purpose that the text stops. It came `at` a moment (None: nobody counts) and
    is `automatic` where a machine wrote it; `most_texts` may come in a minute.
    """

    view: View
    heard: Heard
    reading: Reading
    flows: Flows
    facts: Facts = field(default_factory=Facts)
    narrow: str | None = None
    late: Late = Late.NO
    at: datetime | None = None
    automatic: bool = False
    most_texts: int = 30

    @property
    def running(self) -> Flow | None:
        """The flow that has a question open."""
        return self.flows.get(self.view.flow or "")

    @property
    def begun(self) -> Flow | None:
        """The flow that this text begins, by its meaning or by a keyword."""
        flows = self.flows.values()
        text, reading = self.heard.text, self.reading
        return next((flow for flow in flows if flow.begins_on(text, reading)), None)

    def turn(self, flow: Flow) -> Turn:
        """A first turn of a flow, or the next one where it is running."""
        turn = Turn(flow.name, self.heard.text, self.reading, facts=self.facts)
        if flow.name == self.view.flow:
            turn.state, turn.slots = self.view.state, dict(self.view.slots)
        return turn


def stay(base: Decision, situation: Situation, *replies: Reply) -> Decision:
    """A decision that leaves the conversation where it is."""
    view = situation.view
    return replace(base, replies=replies, flow=view.flow, state=view.state, slots=dict(view.slots))
