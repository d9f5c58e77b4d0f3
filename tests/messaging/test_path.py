"""The path of one SMS, from the signed webhook to the carrier, on real servers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from bot.app import create_app
from bot.compliance import holds
from bot.dialogue.decision import Heard
from bot.dialogue.holds import HoldKind
from bot.messaging import inbox, sweep
from bot.setting_types import Disclosure
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    accounts,
    consent_events,
    contacts,
    conversations,
    inbound_messages,
    outbound_messages,
    payment_links,
)
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, make_old
from tests.people import OURS, Texting, add_customer


def count(texting: Texting, table: object, *where: object) -> int:
    counting = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
    with texting.runtime.engine.begin() as connection:
        return int(connection.execute(counting).scalar_one())


def test_a_balance_is_asked_for_proved_and_answered(texting: Texting, carrier: Carrier) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)

    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "１２３４") == ["balance.answer", "onboarding.consent"]
    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    assert texting.says(HANAKO, "支払い") == ["payment.link"]
    assert "12,800円" in carrier.bodies()[1]
    assert "https://sms.example.com/p/" in carrier.bodies()[-1]


def test_the_same_in_english(texting: Texting, carrier: Carrier) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)

    assert texting.says(HANAKO, "Balance") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "1234") == ["balance.answer", "onboarding.consent"]
    assert texting.says(HANAKO, "no") == ["onboarding.declined"]
    assert texting.says(HANAKO, "pay") == ["payment.link"]
    assert "¥12,800" in carrier.bodies()[1]
    assert all(body.startswith("Example Co.: ") for body in carrier.bodies())


def test_five_wrong_answers_lock_the_person_for_every_door(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    texting.says(HANAKO, "残高")

    assert texting.says(HANAKO, "0000") == ["balance.wrong"]
    assert texting.says(HANAKO, "支払い") == ["payment.link", "onboarding.consent"]
    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "何番ですか") == ["balance.ask_digits.again"]
    for digits in ("0001", "0002", "0003"):
        assert texting.says(HANAKO, digits) == ["balance.wrong"]
    assert texting.says(HANAKO, "0004") == ["balance.locked"]
    assert texting.says(HANAKO, "残高") == ["balance.locked"]
    assert texting.says(HANAKO, "支払い") == ["payment.locked"]


def test_a_lock_ends_by_itself(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    for text in ("残高", "0000", "0001", "0002", "0003", "0004"):
        texting.says(HANAKO, text)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(contacts).values(verification_locked_until=seconds_from_now(-1)))

    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "0005") == ["balance.wrong"]
    assert texting.says(HANAKO, "1234") == ["balance.answer"]


def test_the_digits_are_in_no_table(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10007391", due=12800)
    for text in ("残高", "私の番号は７３９０です", "7391", "残高", "7391", "7391"):
        texting.says(HANAKO, text)

    kept = ""
    with texting.runtime.engine.begin() as connection:
        for table in (inbound_messages, outbound_messages, conversations, accounts, consent_events):
            for row in connection.execute(select(table)).mappings():
                kept += str([row.get(name) for name in ("body", "trace", "slots", "error")])
    assert "残高" in kept
    assert "739" not in kept
    assert "７３９" not in kept


def test_who_proved_who_they_are_is_asked_again_after_ten_minutes(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    texting.says(HANAKO, "残高")
    assert texting.says(HANAKO, "1234")[0] == "balance.answer"
    assert texting.says(HANAKO, "残高") == ["balance.answer"]

    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(verified_at=seconds_from_now(-601)))
    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]


def test_a_wrong_answer_ends_what_was_proved(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    add_customer(texting.runtime, HANAKO, "10005678", due=4980)
    for text in ("残高", "1234"):
        texting.says(HANAKO, text)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(verified_at=seconds_from_now(-601)))
    texting.says(HANAKO, "残高")
    assert texting.says(HANAKO, "0000") == ["balance.wrong"]
    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]


def test_a_company_may_let_texts_tell_amounts_without_proof(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    settings = texting.runtime.settings.model_copy(update={"HENJI_DISCLOSURE": Disclosure.IN_TEXT})
    runtime = replace(texting.runtime, settings=settings)
    open_ = Texting(runtime, create_app(runtime).test_client())

    assert open_.says(HANAKO, "残高")[0] == "balance.answer"
    assert open_.says(HANAKO, "支払い")[0] == "payment.link_with_amount"
    add_customer(runtime, HANAKO, "10005678", due=4980)
    assert open_.says(HANAKO, "残高") == ["balance.ask_digits"]


@pytest.mark.parametrize("kind", [HoldKind.LAWYER, HoldKind.FAILURES])
def test_no_amount_goes_to_a_number_on_hold(texting: Texting, kind: HoldKind) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    texting.says(HANAKO, "残高")
    with texting.runtime.engine.begin() as connection:
        contact = connection.execute(select(contacts.c.id)).scalar_one()
        holds.place(connection, contact, kind, "a rule")

    assert texting.says(HANAKO, "1234") == ["balance.withheld"]
    assert texting.says(HANAKO, "残高") == ["balance.withheld"]
    assert texting.says(HANAKO, "支払い") == ["payment.withheld"]
    assert "12,800" not in " ".join(texting.runtime.provider.bodies(HANAKO))  # type: ignore[attr-defined]


def test_a_new_link_revokes_the_one_before(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    texting.says(HANAKO, "支払い")
    texting.says(HANAKO, "支払い")

    assert count(texting, payment_links, payment_links.c.status == "revoked") == 1
    assert count(texting, payment_links, payment_links.c.status == "open") == 1


def test_a_number_without_an_account_is_told_so(texting: Texting) -> None:
    assert texting.says(HANAKO, "残高") == ["balance.not_registered", "onboarding.consent"]
    assert texting.says(HANAKO, "支払い") == ["payment.not_registered"]


def test_stop_takes_back_what_waits_and_only_start_lifts_it(texting: Texting) -> None:
    texting.hears(HANAKO, "ヘルプ")
    texting.hears(HANAKO, "相談")
    texting.hears(HANAKO, "ＳＴＯＰ。")
    texting.sends()

    assert texting.new_keys() == ["consent.stopped"]
    assert count(texting, outbound_messages, outbound_messages.c.status == "canceled") == 2
    assert texting.says(HANAKO, "残高") == []
    assert texting.says(HANAKO, "配信開始") == ["consent.restarted"]
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]


def test_each_step_of_consent_is_in_the_ledger(texting: Texting) -> None:
    for text in ("はい", "はい", "配信停止", "START"):
        texting.says(HANAKO, text)

    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(consent_events).order_by(consent_events.c.id)).all()
    assert [(row.consent, row.script_key) for row in rows] == [
        ("asked", "onboarding.consent"),
        ("granted", "onboarding.agreed"),
        ("stopped", "consent.stopped"),
        ("granted", "consent.restarted"),
    ]
    assert rows[2].rule == "keyword STOP"


def test_a_repeated_webhook_is_one_text_and_one_answer(texting: Texting) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: texting.hears(HANAKO, "残高", sid="SMx"), range(50)))
    texting.sends()

    assert {answer.status_code for answer in answers} == {200}
    assert count(texting, inbound_messages) == 1
    assert len(texting.new_keys()) == 2


def test_texts_of_one_number_at_once_are_answered_one_after_the_other(
    texting: Texting, carrier: Carrier
) -> None:
    texts = [f"text {number} nobody understands" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: texting.hears(HANAKO, text), texts))
    texting.sends()

    with texting.runtime.engine.begin() as connection:
        order = connection.execute(
            select(outbound_messages.c.inbound_id).order_by(outbound_messages.c.id)
        ).scalars()
        assert list(order) == list(range(1, 9))
    assert [message.id for message in carrier.accepted] == list(range(1, 9))
    assert texting.new_keys() == ["common.not_understood", *["common.not_understood_again"] * 7]


def test_a_text_to_a_number_that_is_none_of_ours_is_kept(texting: Texting) -> None:
    assert texting.hears(HANAKO, "残高", To="+815099999999").status_code == 200
    assert count(texting, inbound_messages, inbound_messages.c.status == "unrouted") == 1


@pytest.mark.parametrize(("sender", "ours"), [(HANAKO, "+815099999999"), ("MYBRAND", OURS)])
def test_the_digits_of_a_text_that_nobody_answers_are_not_kept(
    texting: Texting, sender: str, ours: str
) -> None:
    texting.hears(sender, "番号は７３９１です", To=ours)

    assert count(texting, inbound_messages, inbound_messages.c.body == "番号は••••です") == 1


def test_a_repeated_webhook_with_another_sender_begins_nothing(texting: Texting) -> None:
    texting.hears(HANAKO, "ヘルプ", sid="SMx")
    texting.hears("+819000000002", "ヘルプ", sid="SMx")
    texting.sends()

    assert texting.new_keys() == ["common.help"]
    assert (count(texting, contacts), count(texting, conversations)) == (1, 1)


@pytest.mark.parametrize(
    "sender", ["MYBRAND", "anonymous", "whatsapp:+819000000001", "rcs:brand", "+266696687", "8888"]
)
def test_a_sender_that_cannot_be_answered_is_kept_and_not_answered(
    texting: Texting, carrier: Carrier, sender: str
) -> None:
    assert texting.says(sender, "残高") == []
    assert count(texting, inbound_messages, inbound_messages.c.status == "ignored") == 1
    assert carrier.accepted == []


def test_a_bug_in_a_flow_loses_no_text_and_holds_up_nobody_else(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = texting.runtime.flows["handover"]
    step = type(handover).step

    def broken(flow: object, trigger: str, turn: object) -> bool:
        if flow is handover:
            raise ZeroDivisionError("a person's text 7391")
        return step(flow, trigger, turn)  # type: ignore[arg-type]

    monkeypatch.setattr(type(handover), "step", broken)
    assert texting.says(HANAKO, "相談 ") == []
    assert texting.says("+819000000002", "ヘルプ") == ["common.help"]
    assert count(texting, inbound_messages, inbound_messages.c.status == "waiting") == 1

    monkeypatch.undo()
    make_old(texting)
    sweep.sweep(texting.runtime, threading.Event())
    texting.sends()
    assert texting.new_keys() == ["handover.requested"]


def test_a_text_that_breaks_a_flow_each_time_steps_aside_after_three_tries(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(flow: object, trigger: str, turn: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", broken)
    texting.hears(HANAKO, "相談")
    texting.hears(HANAKO, "ヘルプ")
    for _ in range(2):
        make_old(texting)
        sweep.sweep(texting.runtime, threading.Event())
    texting.sends()

    assert texting.new_keys() == ["common.help"]
    assert count(texting, inbound_messages, inbound_messages.c.status == "failed") == 1


def test_a_text_that_was_kept_but_not_answered_is_answered_by_the_sweep(texting: Texting) -> None:

    inbox.receive(texting.runtime, Heard("twilio", "SMdied", HANAKO, OURS, "ヘルプ"))
    make_old(texting)
    sweep.sweep(texting.runtime, threading.Event())
    texting.sends()

    assert texting.new_keys() == ["common.help"]
