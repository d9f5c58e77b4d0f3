"""A doubtful stop on real servers: asked once, held until it is answered, then exactly a STOP."""

import pytest
from sqlalchemy import insert, select, update

from bot.compliance import countries
from bot.dialogue.effects import Consent
from bot.messaging.grounds import Exemption, MessageClass
from bot.store.columns import seconds_from_now
from bot.store.tables import consent_events, conversations, inbound_messages, outbound_messages
from tests.carrier import Carrier
from tests.messaging.campaign import DAY
from tests.people import Texting

HANAKO = "+819000000001"


def held(texting: Texting) -> bool:
    with texting.runtime.engine.begin() as connection:
        return connection.execute(select(conversations.c.held_since)).scalar_one() is not None


def queue_unsolicited(texting: Texting) -> None:
    """A reminder that nobody asked for waits to leave."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            insert(outbound_messages).values(
                conversation_id=connection.execute(select(conversations.c.id)).scalar_one(),
                message_class=MessageClass.REMINDER,
                exemption=Exemption.TRANSACTION,
                exemption_note="a contract",
                script_key="reminder",
                language="ja",
                revision="r",
                body="お知らせ",
                encoding="UCS-2",
                segments=1,
                expires_at=seconds_from_now(600),
            )
        )


def test_nothing_unasked_leaves_until_the_question_is_answered(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    assert texting.says(HANAKO, "しつこい") == ["stop_question.ask"]
    assert held(texting)

    queue_unsolicited(texting)
    texting.sends()
    assert texting.new_keys() == []

    assert texting.says(HANAKO, "いいえ") == ["stop_question.goes_on", "onboarding.consent"]
    assert not held(texting)
    queue_unsolicited(texting)
    texting.sends()
    assert carrier.bodies()[-1] == "お知らせ"


@pytest.mark.parametrize("answer", ["はい", "停止"])
def test_a_yes_is_confirmed_once_and_recorded_as_a_stop(texting: Texting, answer: str) -> None:
    texting.says(HANAKO, "しつこい")

    assert texting.says(HANAKO, answer) == ["consent.stopped"]
    assert texting.says(HANAKO, "残高") == []
    assert not held(texting)
    with texting.runtime.engine.begin() as connection:
        recorded = connection.execute(select(consent_events.c.consent)).scalars().all()
    assert recorded == [Consent.STOPPED]


def test_a_yes_that_comes_late_is_asked_again(texting: Texting) -> None:
    texting.says(HANAKO, "しつこい")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(spoke_at=seconds_from_now(-7200)))

    assert texting.says(HANAKO, "はい") == ["stop_question.ask"]
    assert held(texting)


def test_the_trace_is_kept_with_the_text(texting: Texting) -> None:
    texting.says(HANAKO, "払いました。もう送らないで")

    with texting.runtime.engine.begin() as connection:
        trace = connection.execute(select(inbound_messages.c.trace)).scalar_one()
    assert (trace["rule"], trace["also"]) == ("do not send", "PAID")
