"""A stop of a brand: it reaches every number under that name, and none under another."""

import pytest
from sqlalchemy import insert, select, update

from bot.compliance import countries
from bot.compliance.ledger import Method
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.setting_types import OptOutScope
from bot.store.columns import utc_now
from bot.store.tables import conversations, opt_outs, outbound_messages, purpose_consents, senders
from tests.messaging.campaign import DAY, queue
from tests.people import OURS, Texting

HANAKO = "+819000000001"
SAME = "+815000000002"
NAMED_ALIKE = "+815000000003"
OTHER = "+815000000004"
LATER = "+815000000005"
THE_DESK = Order(Method.VERBAL, "staff:sato", "asked for it by telephone")


@pytest.fixture
def brands(texting: Texting) -> Texting:
    """The company's own name on three numbers, on one of them spelled out, and a shop's on one."""
    scope = {"HENJI_OPTOUT_SCOPE": OptOutScope.BRAND}
    object.__setattr__(
        texting.runtime, "settings", texting.runtime.settings.model_copy(update=scope)
    )
    for number, brand in ((SAME, ""), (NAMED_ALIKE, "例示商会"), (OTHER, "別の店")):
        register(texting, number, brand)
    return texting


def register(texting: Texting, number: str, brand: str) -> None:
    with texting.runtime.engine.begin() as connection:
        row = {"number": number, "brand": brand, "enabled_at": utc_now()}
        connection.execute(insert(senders).values(row))


def standing_at(texting: Texting, number: str) -> str:
    """What a text to one of our numbers finds: the conversation's consent."""
    texting.hears(HANAKO, "こんにちは", To=number)
    found = select(conversations.c.consent).join(senders).where(senders.c.number == number)
    with texting.runtime.engine.begin() as connection:
        return str(connection.execute(found).scalar_one())


@pytest.mark.parametrize("known", [True, False], ids=["known to all", "known to one"])
def test_a_stop_reaches_every_number_of_the_brand_and_no_other(
    brands: Texting, known: bool
) -> None:
    if known:
        for number in (SAME, NAMED_ALIKE, OTHER):
            brands.hears(HANAKO, "ヘルプ", To=number)
    brands.says(HANAKO, "配信停止")

    assert [standing_at(brands, number) for number in (OURS, SAME, NAMED_ALIKE)] == ["stopped"] * 3
    assert standing_at(brands, OTHER) == "unknown"


def test_a_stop_of_the_other_brand_leaves_the_companys_own_alone(brands: Texting) -> None:
    brands.says(HANAKO, "配信停止", To=OTHER)

    assert standing_at(brands, OTHER) == "stopped"
    assert [standing_at(brands, number) for number in (OURS, SAME, NAMED_ALIKE)] == ["unknown"] * 3


def test_a_number_that_joins_the_brand_later_is_stopped_as_well(brands: Texting) -> None:
    brands.says(HANAKO, "配信停止")
    register(brands, LATER, "")

    assert standing_at(brands, LATER) == "stopped"


def test_a_number_that_is_renamed_takes_its_stops_along(brands: Texting) -> None:
    brands.says(HANAKO, "配信停止")
    with brands.runtime.engine.begin() as connection:
        connection.execute(update(senders).where(senders.c.number == SAME).values(brand="新しい店"))

    assert standing_at(brands, SAME) == "stopped"


def test_a_start_lifts_the_stop_of_its_brand_and_keeps_the_other(brands: Texting) -> None:
    brands.says(HANAKO, "配信停止")
    brands.says(HANAKO, "配信停止", To=OTHER)
    brands.says(HANAKO, "配信開始", To=SAME)

    assert standing_at(brands, OURS) == "unknown"
    assert standing_at(brands, SAME) == "granted"
    assert standing_at(brands, OTHER) == "stopped"


def test_the_gate_knows_whose_stop_it_is(brands: Texting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    numbers = (OURS, SAME, OTHER)
    for number in numbers:
        brands.hears(HANAKO, "ヘルプ", To=number)
    orders.stop(brands.runtime, OURS, HANAKO, Order(**vars(THE_DESK) | {"purposes": ("billing",)}))
    with brands.runtime.engine.begin() as connection:
        # The gate must find the stop itself, not only its traces in the conversations.
        connection.execute(update(purpose_consents).values(state="unknown"))
        shipping = Grounds("billing", Exemption.TRANSACTION, "shipping of order 12")
        talks = list(
            connection.execute(select(conversations.c.id).order_by(conversations.c.id)).scalars()
        )
        for talk in talks:
            queue(connection, talk, grounds=shipping)
    brands.sends()

    reminders = select(outbound_messages.c.status).where(
        outbound_messages.c.message_class == MessageClass.REMINDER
    )
    with brands.runtime.engine.begin() as connection:
        statuses = list(connection.execute(reminders.order_by(outbound_messages.c.id)).scalars())
    assert dict(zip(numbers, statuses, strict=True)) == {
        OURS: "canceled",
        SAME: "canceled",
        OTHER: "sent",
    }


def test_a_stop_of_one_purpose_elsewhere_outlives_a_start(brands: Texting) -> None:
    ads = Order(**vars(THE_DESK) | {"purposes": ("promotions",)})
    orders.stop(brands.runtime, OTHER, HANAKO, ads)
    brands.says(HANAKO, "配信開始")

    with brands.runtime.engine.begin() as connection:
        states = connection.execute(select(purpose_consents.c.purpose, purpose_consents.c.state))
        assert {tuple(row) for row in states} == {("promotions", "stopped"), ("billing", "granted")}
        kept = connection.execute(select(opt_outs.c.scope, opt_outs.c.lifted_at)).one()
    assert tuple(kept) == ("brand", None)
