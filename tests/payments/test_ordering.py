"""Paying without a browser: the number for a store is ordered by text and comes by text."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.payments import ordering
from bot.runtime import Runtime
from bot.store.tables import accounts, checkouts, conversations, inbound_messages, payment_links
from tests.gateway import StoreGateway
from tests.paying import ALICE, HANAKO, Paying

ASKING = [
    "ガラケーなのでリンクが見られません",
    "リンクが開けません",
    "コンビニの番号を教えて",
    "スマホを持っていません",
    "I don't have a smartphone",
    "I can't open the link",
]
NOT_ASKING = ["支払い", "コンビニで払いたい", "スマホから払います", "I have a smartphone, I'll pay"]


@pytest.fixture
def gateway() -> StoreGateway:
    return StoreGateway()


@pytest.fixture
def paying(runtime: Runtime, gateway: StoreGateway) -> Paying:
    """Hanako, who owes 12,800 yen, at a company whose gateway gives numbers by text."""
    paying = Paying.at(runtime, through=gateway)
    paying.gateway = gateway
    paying.is_customer()
    paying.texting.says(HANAKO, "ヘルプ")
    return paying


def says(paying: Paying, text: str, number: str = HANAKO) -> str:
    return paying.texting.says(number, text)[0]


def clock_turns(paying: Paying) -> list[str]:
    ordering.order_wished(paying.runtime)
    paying.texting.sends()
    return paying.texting.new_keys()


def orders(paying: Paying) -> None:
    says(paying, "ガラケーです")
    assert says(paying, "1234") == "payment.ordering"


@pytest.mark.parametrize("text", ASKING)
def test_who_cannot_open_a_page_pays_by_text_alone(paying: Paying, text: str) -> None:
    assert says(paying, text) == "payment.ask_digits"
    assert says(paying, "1234") == "payment.ordering"
    assert clock_turns(paying) == ["payment.pending_number"]
    assert clock_turns(paying) == []

    assert StoreGateway.NUMBER in paying.bodies()[-1]
    assert not [body for body in paying.bodies() if "/p/" in body]
    assert paying.told("paid") == ["payment.receipt_at_store"]
    assert "リンク" not in paying.bodies()[-1]
    assert paying.due() == 0


@pytest.mark.parametrize("text", NOT_ASKING)
def test_others_get_a_link(paying: Paying, text: str) -> None:
    assert says(paying, text) == "payment.link"


def test_without_such_a_gateway_a_person_helps(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()

    assert says(paying, "ガラケーです") == "payment.by_person"
    with paying.runtime.engine.begin() as connection:
        assert connection.execute(select(conversations.c.person_wanted_at)).scalar() is not None


def test_nobody_gets_a_number_without_proof(paying: Paying) -> None:
    says(paying, "ガラケーです")
    answers = ("0000", "９９９９", "abcd", "8888", "7777")
    assert [says(paying, digits) for digits in answers] == [
        "payment.wrong",
        "payment.wrong",
        "payment.ask_digits.again",
        "payment.wrong",
        "payment.wrong",
    ]
    assert says(paying, "1111") == "payment.locked"
    assert says(paying, "ガラケーです") == "payment.locked"
    assert clock_turns(paying) == []
    with paying.runtime.engine.begin() as connection:
        bodies = connection.execute(select(inbound_messages.c.body)).scalars().all()
        assert connection.execute(select(payment_links)).all() == []
    assert not [body for body in bodies if "1111" in body]


def test_who_has_just_proved_it_is_not_asked_again(paying: Paying) -> None:
    says(paying, "残高")
    says(paying, "1234")

    assert says(paying, "ガラケーです") == "payment.ordering"
    assert clock_turns(paying) == ["payment.pending_number"]


def test_a_stop_ends_the_order(paying: Paying, gateway: StoreGateway) -> None:
    orders(paying)
    paying.texting.says(HANAKO, "配信停止")

    assert clock_turns(paying) == []
    assert gateway.asked == []


def test_a_gateway_that_is_away_is_asked_again_with_the_same_key(
    paying: Paying, gateway: StoreGateway
) -> None:
    orders(paying)
    gateway.loses_answers = True
    assert clock_turns(paying) == []
    gateway.loses_answers = False

    assert clock_turns(paying) == ["payment.pending_number"]
    assert len({asked.reference for asked in gateway.asked}) == 1
    with paying.runtime.engine.begin() as connection:
        [row] = connection.execute(select(checkouts)).all()
    assert (row.status, row.voucher_number) == ("pending", StoreGateway.NUMBER)


@pytest.mark.parametrize(
    ("trouble", "alerts"), [("is_away", []), ("refuses", ["gateway"])], ids=["away", "refusal"]
)
def test_a_gateway_that_stays_away_or_refuses_is_told_once(
    paying: Paying, gateway: StoreGateway, trouble: str, alerts: list[str]
) -> None:
    orders(paying)
    setattr(gateway, trouble, True)

    assert [key for _ in range(7) for key in clock_turns(paying)] == ["payment.no_number"]
    assert [kind for kind, _ in paying.alerts()] == alerts


def test_an_order_goes_on_at_the_gateway_where_it_was_begun(
    paying: Paying, gateway: StoreGateway
) -> None:
    orders(paying)
    gateway.loses_answers = True
    clock_turns(paying)
    gateway.loses_answers = False
    other = StoreGateway()
    other.name = "other"
    moved = replace(paying.runtime, gateways={"other": other, "local": gateway})

    assert clock_turns(paying.with_runtime(moved)) == ["payment.pending_number"]
    assert other.asked == []
    assert {asked.reference for asked in gateway.asked} == {gateway.asked[0].reference}


def test_an_order_whose_gateway_is_gone_is_not_made_elsewhere(
    paying: Paying, gateway: StoreGateway
) -> None:
    orders(paying)
    gateway.is_away = True
    clock_turns(paying)
    other = StoreGateway()
    other.name = "other"
    moved = replace(paying.runtime, gateways={"other": other})

    assert clock_turns(paying.with_runtime(moved)) == ["payment.no_number"]
    assert other.asked == []


@pytest.mark.parametrize("trouble", ["is_away", "refuses", "loses_answers"])
def test_what_was_given_up_is_over_and_the_next_wish_begins_afresh(
    paying: Paying, gateway: StoreGateway, trouble: str
) -> None:
    orders(paying)
    setattr(gateway, trouble, True)
    for _ in range(7):
        clock_turns(paying)
    setattr(gateway, trouble, False)

    assert (paying.link().status, paying.link().store_order) == ("revoked", "failed")
    with paying.runtime.engine.begin() as connection:
        assert connection.execute(select(checkouts.c.status)).scalars().all() == ["refused"]
    says(paying, "ガラケーです")
    assert clock_turns(paying) == ["payment.pending_number"]


def test_what_was_ordered_after_all_and_paid_is_taken_in(
    paying: Paying, gateway: StoreGateway
) -> None:
    orders(paying)
    gateway.loses_answers = True
    for _ in range(7):
        clock_turns(paying)

    assert paying.told("paid") == ["payment.receipt_at_store"]
    assert paying.due() == 0


def test_a_page_that_is_open_is_closed_before_a_number_is_ordered(
    paying: Paying, gateway: StoreGateway
) -> None:
    paying.gets_link()
    paying.begins()
    orders(paying)

    assert clock_turns(paying) == []
    assert gateway.closed == ["cs_1"]
    assert clock_turns(paying) == ["payment.pending_number"]


def test_what_was_paid_meanwhile_is_not_ordered(paying: Paying) -> None:
    orders(paying)
    paying.owes(0)

    assert clock_turns(paying) == ["payment.no_number"]


@pytest.mark.parametrize("due", [{"due_minor": 2800}, {"due_minor": 99900, "currency": "USD"}])
def test_what_is_not_due_like_that_any_more_is_not_ordered(
    paying: Paying, gateway: StoreGateway, due: dict[str, object]
) -> None:
    orders(paying)
    gateway.is_away = True
    assert clock_turns(paying) == []
    gateway.is_away = False
    asked = len(gateway.asked)
    paying.changes(update(accounts).values(due))

    assert clock_turns(paying) == ["payment.no_number"]
    assert len(gateway.asked) == asked


def test_an_order_whose_end_was_not_written_down_is_not_made_twice(
    paying: Paying, gateway: StoreGateway
) -> None:
    orders(paying)
    clock_turns(paying)
    paying.changes(update(payment_links).values(store_order="wished"))

    assert clock_turns(paying) == []
    assert len(gateway.asked) == 1
    with paying.runtime.engine.begin() as connection:
        assert connection.execute(select(payment_links.c.store_order)).scalar() == "done"


def test_while_cash_is_awaited_nothing_else_is_ordered(paying: Paying) -> None:
    orders(paying)
    clock_turns(paying)

    assert says(paying, "ガラケーです") == "payment.waiting"


def test_the_number_is_told_in_english(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210)
    says(paying, "I don't have a smartphone", ALICE)
    says(paying, "5678", ALICE)
    clock_turns(paying)

    assert f"Your payment number is {StoreGateway.NUMBER}" in paying.bodies(ALICE)[-1]
