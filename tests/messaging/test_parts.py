"""A long message and what follows it: never side by side on the way to the handset."""

from dataclasses import replace

from sqlalchemy import update

from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports.delivery import Report, record
from bot.providers import Outgoing, Post
from bot.store.columns import seconds_from_now
from bot.store.tables import outbound_messages
from bot.text.language import Language
from tests.carrier import Carrier
from tests.people import Texting

HANAKO = "+819000000001"


def say_long_then_short(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    long = Rendered("common.help", Language.JA, "r", "長" * 200, "UCS-2", 3)
    short = Rendered("common.help", Language.JA, "r", "短", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, 1, [long, short], MessageClass.REPLY)
    texting.sends()


def test_what_follows_a_long_message_waits_until_it_was_passed_on(
    texting: Texting, carrier: Carrier
) -> None:
    say_long_then_short(texting)
    assert carrier.bodies()[1:] == ["長" * 200]

    record(texting.runtime, Report(2, "twilio", "SM2", "queued", None))
    texting.sends()
    assert carrier.bodies()[1:] == ["長" * 200]

    record(texting.runtime, Report(2, "twilio", "SM2", "sent", None))
    texting.sends()
    assert carrier.bodies()[1:] == ["長" * 200, "短"]


def test_without_the_carriers_word_it_waits_three_seconds(
    texting: Texting, carrier: Carrier
) -> None:
    say_long_then_short(texting)
    with texting.runtime.engine.begin() as connection:
        queued = outbound_messages.c.status == "queued"
        later = update(outbound_messages).where(queued).values(not_before=seconds_from_now(-1))
        assert connection.execute(later).rowcount == 1
    texting.sends()

    assert carrier.bodies()[-1] == "短"


def test_a_carrier_that_is_faster_than_our_mark_holds_nothing_back(
    texting: Texting, carrier: Carrier
) -> None:
    class Hasty(Carrier):
        async def send(self, message: Outgoing, post: Post) -> str:
            sid = await super().send(message, post)
            number = len(self.accepted)
            record(texting.runtime, Report(number + 1, "twilio", sid, "delivered", None))
            return sid

    hasty = Hasty()
    texting.says(HANAKO, "ヘルプ")
    texting.runtime = replace(texting.runtime, provider=hasty)
    long = Rendered("common.help", Language.JA, "r", "長" * 200, "UCS-2", 3)
    short = Rendered("common.help", Language.JA, "r", "短", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, 1, [long, short], MessageClass.REPLY)
    texting.sends()

    assert hasty.bodies() == ["長" * 200, "短"]
