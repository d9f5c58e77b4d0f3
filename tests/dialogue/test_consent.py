"""The state machine of consent: every step from every state, and what no step can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.consent import Step, advance
from bot.dialogue.effects import Consent

#              unknown    asked      granted    refused    stopped
TABLE = {
    Step.ASK: ("asked", "asked", "granted", "asked", "stopped"),
    Step.GRANT: ("granted", "granted", "granted", "granted", "stopped"),
    Step.REFUSE: ("refused", "refused", "refused", "refused", "stopped"),
    Step.EXPIRE: ("unknown", "unknown", "granted", "refused", "stopped"),
    Step.STOP: ("stopped", "stopped", "stopped", "stopped", "stopped"),
    Step.START: ("granted", "granted", "granted", "granted", "granted"),
    Step.LIFT: ("unknown", "asked", "granted", "refused", "unknown"),
}


@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_state(step: Step) -> None:
    assert tuple(advance(state, step) for state in Consent) == TABLE[step]


@given(st.lists(st.sampled_from([s for s in Step if s not in {Step.START, Step.LIFT}])))
def test_after_a_stop_nothing_but_start_leads_to_a_message(steps: list[Step]) -> None:
    state = Consent.STOPPED
    for step in steps:
        state = advance(state, step)

    assert state is Consent.STOPPED
