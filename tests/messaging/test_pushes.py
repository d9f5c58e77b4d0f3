"""The provider's own list: told of our stops and starts, in the right order, until it knows."""

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot import errors
from bot.dialogue.decision import Heard
from bot.messaging import doorbell, inbox, sweep
from bot.messaging.consent import pushes
from bot.messaging.consent.drift import compare
from bot.providers import ConsentOrder, Outgoing, Post, RefusedNumber
from bot.providers.twilio import UNSUBSCRIBED
from bot.setting_types import OptOutMode
from bot.store.columns import seconds_from_now
from bot.store.tables import consent_pushes, outbound_messages, senders
from tests.carrier import Carrier
from tests.people import OURS, Texting

HANAKO = "+819000000001"
TARO = "+819000000002"
_sids = itertools.count(1)


class ListKeeping(Carrier):
    """A carrier with a list of its own: it refuses whom it holds as unsubscribed."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped: set[str] = set()
        self.told: list[ConsentOrder] = []
        self.trouble: list[errors.SendError] = []
        self.item_errors: dict[int, str] = {}

    async def send(self, message: Outgoing, post: Post) -> str:
        if message.recipient in self.stopped:
            raise errors.OptedOut("unsubscribed", UNSUBSCRIBED)
        return await super().send(message, post)

    def keep_consents(self, orders: Sequence[ConsentOrder]) -> Mapping[str, str]:
        if self.trouble:
            raise self.trouble.pop(0)
        for order in orders:
            self.told.append(order)
            (self.stopped.add if order.stops else self.stopped.discard)(order.recipient)
        return {orders[at].correlation: error for at, error in self.item_errors.items()}

    def refused_since(self, since: datetime) -> Sequence[RefusedNumber]:
        return []


@pytest.fixture
def keeper(texting: Texting) -> ListKeeping:
    """A carrier that answers its own English words and keeps its own list."""
    carrier = ListKeeping()
    mode = {"HENJI_OPTOUT_MODE": OptOutMode.TWILIO_DEFAULT}
    settings = texting.runtime.settings.model_copy(update=mode)
    texting.runtime = replace(texting.runtime, provider=carrier, settings=settings)
    return carrier


def states(texting: Texting) -> list[tuple[str, str, int]]:
    columns = (consent_pushes.c.status, consent_pushes.c.state, consent_pushes.c.attempts)
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(*columns).order_by(consent_pushes.c.id))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def hear(texting: Texting, words: str) -> None:
    """Hear a text with the runtime at hand, which is not the one behind the webhook."""
    inbox.hear(texting.runtime, Heard("twilio", f"SMp{next(_sids)}", HANAKO, OURS, words))


def later(texting: Texting) -> None:
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(consent_pushes).values(not_before=seconds_from_now(-1)))


def test_a_stop_is_told_after_its_confirmation_has_left(
    texting: Texting, keeper: ListKeeping
) -> None:
    hear(texting, "配信停止")
    pushes.push_due(texting.runtime)
    assert keeper.told == []
    texting.sends()
    pushes.push_due(texting.runtime)

    assert texting.new_keys() == ["consent.stopped"]
    assert [(one.recipient, one.sender, one.stops) for one in keeper.told] == [(HANAKO, OURS, True)]
    assert states(texting) == [("opt-out", "done", 1)]


def test_a_start_is_told_before_its_answer_leaves(texting: Texting, keeper: ListKeeping) -> None:
    hear(texting, "配信停止")
    texting.sends()
    pushes.push_due(texting.runtime)
    hear(texting, "配信開始")
    texting.sends()
    assert texting.new_keys() == ["consent.stopped"]
    pushes.push_due(texting.runtime)
    texting.sends()

    assert texting.new_keys() == ["consent.restarted"]
    assert keeper.stopped == set()


def test_the_job_that_sends_tells_as_well(
    texting: Texting, keeper: ListKeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "LISTEN_FOR_S", 0.05)
    hear(texting, "配信停止")
    doorbell.drain(texting.runtime, threading.Event())

    assert states(texting) == [("opt-out", "done", 1)]


def test_what_is_not_taken_is_tried_again_by_the_sweep(
    texting: Texting, keeper: ListKeeping
) -> None:
    keeper.trouble = [errors.Unreachable("no route"), errors.Uncertain("500")]
    hear(texting, "配信停止")
    texting.sends()
    for _ in range(3):
        later(texting)
        sweep.sweep(texting.runtime, threading.Event())

    assert states(texting) == [("opt-out", "done", 3)]


def test_what_is_never_taken_has_failed_after_twelve_attempts(
    texting: Texting, keeper: ListKeeping
) -> None:
    keeper.item_errors = {0: "error 21211: no such number"}
    hear(texting, "配信停止")
    texting.sends()
    for _ in range(14):
        later(texting)
        pushes.push_due(texting.runtime)

    assert states(texting) == [("opt-out", "failed", 12)]
    with texting.runtime.engine.begin() as connection:
        (difference,) = compare(connection, [], "twilio")
    assert difference.words == "the provider has not taken our opt-out (failed)"


def test_every_number_that_a_stop_reaches_is_told_of(texting: Texting, keeper: ListKeeping) -> None:
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
    texting.hears(HANAKO, "ヘルプ", To="+815000000002")
    hear(texting, "配信停止")
    texting.sends()
    later(texting)
    pushes.push_due(texting.runtime)

    assert {one.sender for one in keeper.told} == {OURS, "+815000000002"}


def test_where_only_our_list_counts_nobody_is_told(texting: Texting, keeper: ListKeeping) -> None:
    settings = texting.runtime.settings.model_copy(
        update={"HENJI_OPTOUT_MODE": OptOutMode.APP_MANAGED}
    )
    texting.runtime = replace(texting.runtime, settings=settings)
    hear(texting, "配信停止")

    assert states(texting) == []


def test_a_refusal_that_we_hold_no_stop_for_is_a_difference(texting: Texting) -> None:
    hour = timedelta(hours=1)
    texting.says(HANAKO, "配信停止")
    listed = [
        RefusedNumber(HANAKO, datetime.now(UTC) - hour),
        RefusedNumber(TARO, datetime.now(UTC) - hour),
    ]
    with texting.runtime.engine.begin() as connection:
        assert [one.number for one in compare(connection, listed, "twilio")] == [TARO]
    texting.says(HANAKO, "配信開始")
    with texting.runtime.engine.begin() as connection:
        assert [one.number for one in compare(connection, listed, "twilio")] == [TARO]
        again = RefusedNumber(HANAKO, datetime.now(UTC) + hour)
        assert len(compare(connection, [*listed, again], "twilio")) == 2


def test_a_refusal_that_came_back_to_us_is_compared_too(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(error_code=UNSUBSCRIBED))
        (difference,) = compare(connection, [], "twilio")

    assert difference.number == HANAKO
