"""How consent for one purpose moves: a state machine in which only START leads out of a stop."""

from enum import StrEnum

from transitions import Machine

from bot.dialogue.effects import Consent


class Step(StrEnum):
    """What can happen to consent.

    START is the person's own word and takes a stopped purpose back to granted; LIFT takes the
    others back to unknown, for a START agrees to one purpose only.
    """

    ASK = "ask"
    GRANT = "grant"
    REFUSE = "refuse"
    EXPIRE = "expire"
    STOP = "stop"
    START = "start"
    LIFT = "lift"


_UNSTOPPED = [Consent.UNKNOWN, Consent.ASKED, Consent.GRANTED, Consent.REFUSED]
_MOVES = (
    (Step.ASK, [Consent.UNKNOWN, Consent.ASKED, Consent.REFUSED], Consent.ASKED),
    (Step.GRANT, _UNSTOPPED, Consent.GRANTED),
    (Step.REFUSE, _UNSTOPPED, Consent.REFUSED),
    (Step.EXPIRE, [Consent.ASKED], Consent.UNKNOWN),
    (Step.STOP, list(Consent), Consent.STOPPED),
    (Step.START, list(Consent), Consent.GRANTED),
    (Step.LIFT, [Consent.STOPPED], Consent.UNKNOWN),
)
_machine = Machine(
    model=None,
    states=[state.value for state in Consent],
    initial=Consent.UNKNOWN.value,
    transitions=[
        {"trigger": step.value, "source": [at.value for at in states], "dest": to.value}
        for step, states, to in _MOVES
    ],
    auto_transitions=False,
    ignore_invalid_triggers=True,
)


class _Standing:
    """A throw-away model, as in `bot.dialogue.flow`."""

    def __init__(self, state: str) -> None:
        self.state = state


def advance(state: Consent, step: Step) -> Consent:
    """The state after a step; a step that the state does not allow changes nothing."""
    standing = _Standing(state.value)
    _machine.events[step.value].trigger(standing)
    return Consent(standing.state)
