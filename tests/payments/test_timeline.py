"""The timeline of a payment: every step from the text to the receipt and the refund, in order."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select, update

from bot.payments import timeline
from bot.payments.timeline import Event
from bot.store.tables import delivery_reports, outbound_messages
from tests.paying import ALICE, HANAKO, Paying

CARD = [
    ("link_made", None),
    ("queued", "payment.link"),
    ("sent", "payment.link"),
    ("delivered", "payment.link"),
    ("opened", None),
    ("wrong_answer", None),
    ("verified", None),
    ("viewed", None),
    ("started", "local"),
    ("paid", "local"),
    ("queued", "payment.receipt"),
    ("receipt_sent", "payment.receipt"),
]


def now() -> int:
    return int(time.time())


def told(paying: Paying, account_id: int = 1) -> list[Event]:
    with paying.runtime.engine.begin() as connection:
        return timeline.of_account(connection, account_id)


def steps(paying: Paying, account_id: int = 1) -> list[tuple[str, str | None]]:
    return [(one.what, one.detail) for one in told(paying, account_id)]


def names(paying: Paying) -> list[str]:
    return [one.what for one in told(paying)]


def is_delivered(paying: Paying) -> None:
    """The carrier reports the last text as delivered."""
    with paying.runtime.engine.begin() as connection:
        newest = select(outbound_messages).order_by(outbound_messages.c.id.desc())
        sid = connection.execute(
            newest.where(outbound_messages.c.script_key == "payment.link")
        ).first()
    assert sid is not None
    form = {"MessageSid": sid.provider_sid, "MessageStatus": "delivered", "AccountSid": "ACtests"}
    address = f"/webhooks/twilio/status?message={sid.id}"
    assert paying.texting.posts(address, form).status_code in {200, 204}


def test_a_payment_by_card_is_told_from_the_text_to_the_receipt(paying: Paying) -> None:
    is_delivered(paying)
    paying.opens()
    paying.answers("0000")
    paying.answers()
    paying.opens()
    paying.taps_pay()
    paying.told("paid", created=now() + 1)

    found = told(paying)
    link = paying.link().id
    # The gateway dates its own notices to the second; all else is told by our clock.
    assert sorted(steps(paying)) == sorted(CARD)
    assert [one for one in steps(paying) if one[0] != "paid"] == [
        one for one in CARD if one[0] != "paid"
    ]
    assert {one.link_id for one in found} == {link}
    assert [one.at for one in found] == sorted(one.at for one in found)
    money = {one.what: (one.amount_minor, one.currency) for one in found}
    assert money["started"] == money["paid"] == (12800, "JPY")


def test_a_receipt_that_tells_no_amount_is_one_as_well(paying: Paying) -> None:
    paying.begins()
    paying.texting.says(HANAKO, "弁護士に任せました")
    paying.told("paid")

    assert ("receipt_sent", "payment.receipt.plain") in steps(paying)


def test_cash_at_a_store_and_its_refund_are_told(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")
    paying.told("paid", created=now() + 5)
    later = now() + 60
    paying.told("refunded", created=later, amount_refunded=5000)
    paying.told("charged_back", created=later + 1, dispute_id="dp_1")

    found = [one for one in told(paying) if one.what in {"pending", "paid", "refunded"}]
    assert [(one.what, one.amount_minor) for one in found] == [
        ("pending", None),
        ("paid", 12800),
        ("refunded", 5000),
    ]
    assert names(paying)[-1] == "charged_back"
    assert found[-1].at == datetime.fromtimestamp(later, UTC)


def test_what_fails_and_what_lapses_is_told(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")
    paying.told("expired")
    paying.link_expires()

    assert {"pending", "expired", "link_expired"} <= set(names(paying))
    assert "failed" not in names(paying)


def test_a_notice_that_moved_nothing_is_no_step(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", created=now())
    paying.told("expired")
    paying.told("paid", payment_id="pay_2", created=now() + 1)

    assert "expired" not in names(paying)
    assert names(paying).count("paid") == names(paying).count("double_payment") == 1


def test_a_promise_and_an_answer_by_text_belong_to_it(paying: Paying) -> None:
    for text in ("残高", "0000", "1234", "来月末に払います"):
        paying.texting.says(HANAKO, text)
    paying.begins()
    paying.told("paid", created=now())

    found = told(paying)
    by_text = [one.what for one in found if one.link_id is None]
    assert by_text == ["wrong_answer", "verified", "promised", "promise_kept"]


def test_each_account_has_its_own(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")

    assert steps(paying, 2) == [
        ("link_made", None),
        ("queued", "payment.link"),
        ("sent", "payment.link"),
    ]
    assert {one.account_id for one in told(paying)} == {1}


def test_it_is_one_query_and_may_begin_and_end_anywhere(paying: Paying) -> None:
    paying.begins()
    whole, statements = told(paying), []
    event.listen(
        paying.runtime.engine,
        "before_cursor_execute",
        lambda *given: statements.append(given[2]),
    )
    middle = whole[3].at
    with paying.runtime.engine.connect() as connection:
        assert timeline.of_account(connection, 1, since=middle) == whole[3:]
        assert timeline.of_account(connection, 1, most=2) == whole[:2]
        assert list(timeline.between(connection, whole[0].at, middle)) == whole[:3]
        assert list(timeline.between(connection, middle, middle + timedelta(days=1))) == whole[3:]
    assert len([one for one in statements if "UNION ALL" in one]) == 4
    assert len([one for one in statements if one.startswith("SELECT")]) == 4


def test_an_undelivered_text_is_told(paying: Paying) -> None:
    with paying.runtime.engine.begin() as connection:
        message = connection.execute(select(outbound_messages.c.id)).scalars().first()
        connection.execute(
            delivery_reports.insert().values(
                outbound_id=message, provider="twilio", provider_sid="SM1", status="undelivered"
            )
        )
    paying.changes(update(delivery_reports).values(happened_at=datetime.now(UTC)))

    assert "undelivered" in names(paying)
