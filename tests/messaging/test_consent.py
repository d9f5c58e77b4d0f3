"""Consent by purpose and by every door: who asked, who agreed, who stopped what, and how far."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from bot.compliance import audit, opt_out_links
from bot.compliance.ledger import Method
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent
from bot.messaging.consent import expiry, orders
from bot.messaging.consent.orders import Basis, Order
from bot.setting_types import OptOutScope
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import (
    consent_events,
    conversations,
    opt_outs,
    purpose_consents,
    senders,
)
from bot.store.tables import (
    opt_out_links as links,
)
from bot.text.language import Language
from tests.people import OURS, Texting

HANAKO = "+819000000001"
SECOND = "+815000000002"
THE_FORM = Order(Method.WEB, "person", "form /join", ("promotions",), evidence={"ip": "192.0.2.1"})


def standings(texting: Texting) -> dict[str, str]:
    """Purpose to state, of the one conversation there is."""
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(purpose_consents)).all()
    return {row.purpose: row.state for row in rows}


def ledger_of(texting: Texting) -> list[tuple[str, str | None, str]]:
    """Consent, purpose and method of every entry; the chain holds."""
    with texting.runtime.engine.begin() as connection:
        assert audit.verify(connection).broken is None
        rows = connection.execute(select(consent_events).order_by(consent_events.c.id)).all()
    return [(row.consent, row.purpose, row.method) for row in rows]


def own(texting: Texting, scope: OptOutScope) -> None:
    """A second sender of ours, and how far a stop reaches."""
    settings = texting.runtime.settings.model_copy(update={"HENJI_OPTOUT_SCOPE": scope})
    object.__setattr__(texting.runtime, "settings", settings)
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=SECOND))


def token_of(texting: Texting) -> str:
    with texting.runtime.engine.begin() as connection:
        conversation = connection.execute(select(conversations.c.id)).scalars().first()
        assert conversation is not None
        return opt_out_links.create(connection, conversation)


def test_an_answer_is_to_the_purpose_that_was_asked(texting: Texting) -> None:
    assert texting.says(HANAKO, "はい") == ["onboarding.consent"]
    assert standings(texting) == {"billing": "asked"}
    texting.says(HANAKO, "はい")

    assert standings(texting) == {"billing": "granted"}
    assert ledger_of(texting) == [("asked", "billing", "sms"), ("granted", "billing", "sms")]


@pytest.mark.parametrize("words", ["広告だけ停止", "「広告停止」", "Stop ads", "NO MORE ADS!"])
def test_only_advertising_is_stopped_and_the_talk_goes_on(texting: Texting, words: str) -> None:
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "はい")

    assert texting.says(HANAKO, words) == ["consent.stopped_promotions"]
    assert standings(texting) == {"billing": "granted", "promotions": "stopped"}
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    assert ledger_of(texting)[-1] == ("stopped", "promotions", "sms")


def test_a_stop_of_one_purpose_leaves_the_open_question_open(texting: Texting) -> None:
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "広告だけ停止")

    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]


def test_start_agrees_to_the_main_purpose_and_not_to_advertising(texting: Texting) -> None:
    orders.record(texting.runtime, OURS, HANAKO, THE_FORM)
    texting.says(HANAKO, "配信停止")
    assert standings(texting) == {"promotions": "stopped"}
    texting.says(HANAKO, "配信開始")

    assert standings(texting) == {"promotions": "unknown", "billing": "granted"}


REACH = [
    (OptOutScope.PAIR, "unknown"),
    (OptOutScope.SENDER, "unknown"),
    (OptOutScope.BRAND, "stopped"),
    (OptOutScope.ALL, "stopped"),
]


@pytest.mark.parametrize(("scope", "elsewhere"), REACH)
@pytest.mark.parametrize("known", [True, False], ids=["known to both", "new to the other"])
def test_a_stop_reaches_as_far_as_it_is_set(
    texting: Texting, scope: OptOutScope, elsewhere: str, known: bool
) -> None:
    own(texting, scope)
    if known:
        texting.hears(HANAKO, "ヘルプ", To=SECOND)
    texting.says(HANAKO, "配信停止")
    texting.hears(HANAKO, "こんにちは", To=SECOND)

    with texting.runtime.engine.begin() as connection:
        found = connection.execute(
            select(conversations.c.consent).order_by(conversations.c.sender_id)
        )
        assert list(found.scalars()) == ["stopped", elsewhere]
    texting.says(HANAKO, "START")
    with texting.runtime.engine.begin() as connection:
        found = connection.execute(
            select(conversations.c.consent).order_by(conversations.c.sender_id)
        )
        assert list(found.scalars()) == ["granted", "unknown"]


def test_a_form_alone_agrees_to_nothing_and_the_persons_yes_does(texting: Texting) -> None:
    state = orders.join(texting.runtime, OURS, HANAKO, THE_FORM, Language.JA)
    texting.sends()

    assert (state, standings(texting)) == (Consent.ASKED, {"promotions": "asked"})
    assert texting.new_keys() == ["onboarding.confirm"]
    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    assert standings(texting) == {"promotions": "granted"}
    assert ledger_of(texting) == [("asked", "promotions", "web"), ("granted", "promotions", "sms")]


def test_a_form_that_nobody_confirms_expires(texting: Texting) -> None:
    orders.join(texting.runtime, OURS, HANAKO, THE_FORM, Language.EN)
    close(texting)
    assert standings(texting) == {"promotions": "asked"}
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(purpose_consents).values(asked_until=seconds_from_now(-1)))
    close(texting)
    close(texting)

    assert standings(texting) == {"promotions": "unknown"}
    assert ledger_of(texting)[1:] == [("unknown", "promotions", "clock")]


def close(texting: Texting) -> None:
    transact(texting.runtime.engine, lambda it: expiry.expire(it, texting.runtime))


def test_the_question_that_expired_is_not_put_again_unasked(texting: Texting) -> None:
    texting.says(HANAKO, "支払い")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(purpose_consents).values(asked_until=seconds_from_now(-1)))
    close(texting)

    assert texting.says(HANAKO, "支払い") == ["payment.not_registered"]


def test_a_form_for_who_stopped_sends_nothing_and_lifts_nothing(texting: Texting) -> None:
    texting.says(HANAKO, "配信停止")

    assert orders.join(texting.runtime, OURS, HANAKO, THE_FORM, Language.JA) is Consent.STOPPED
    texting.sends()
    assert texting.new_keys() == []
    assert orders.record(texting.runtime, OURS, HANAKO, THE_FORM)[0].consent is Consent.STOPPED
    assert len(ledger_of(texting)) == 1


def test_a_person_alone_stops_and_starts_by_text_and_by_link(texting: Texting) -> None:
    texting.says(HANAKO, "配信開始")
    page = Order(Method.WEB, "person", "page /o/", evidence={"ip": "192.0.2.1"})
    token = token_of(texting)
    assert orders.stop_by_link(texting.runtime, token, page)
    assert texting.says(HANAKO, "残高") == []
    assert orders.start_by_link(texting.runtime, token, page)
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    texting.says(HANAKO, "STOP")

    assert ledger_of(texting) == [
        ("granted", "billing", "sms"),
        ("stopped", None, "web"),
        ("granted", "billing", "web"),
        ("stopped", None, "sms"),
    ]


def test_a_wrong_token_and_one_that_has_ended_are_alike(texting: Texting) -> None:
    texting.says(HANAKO, "配信開始")
    page = Order(Method.WEB, "person", "page /o/")
    token = token_of(texting)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(links).values(expires_at=seconds_from_now(-1)))

    for wrong in (token, "x" * 12, "", "\ud800"):
        assert not orders.stop_by_link(texting.runtime, wrong, page)
        assert not orders.start_by_link(texting.runtime, wrong, page)
    assert len(ledger_of(texting)) == 1


def test_a_stop_for_a_number_that_we_never_heard_of_is_kept(texting: Texting) -> None:
    desk = Order(Method.VERBAL, "staff:sato", "asked for it by telephone")
    orders.stop(texting.runtime, OURS, HANAKO, desk)

    assert ledger_of(texting) == [("stopped", None, "verbal")]
    assert texting.says(HANAKO, "残高") == []


@pytest.mark.parametrize("method", [Method.VERBAL, Method.PAPER, Method.STORE, Method.API])
def test_what_staff_record_is_kept_with_its_proof(texting: Texting, method: Method) -> None:
    scan = {"file_sha256": "ab" * 32, "kind": "checkbox"}
    order = Order(method, "staff:sato", "form 12", ("billing", "promotions"), evidence=scan)
    orders.record(texting.runtime, OURS, HANAKO, order)
    orders.record(texting.runtime, OURS, HANAKO, replace(order, purposes=("billing",)), Step.REFUSE)

    assert standings(texting) == {"billing": "refused", "promotions": "granted"}
    assert [purpose for _, purpose, _ in ledger_of(texting)] == ["billing", "promotions", "billing"]


@pytest.mark.parametrize(("basis", "states"), [(None, {}), (Basis.PAPER, {"billing": "granted"})])
def test_an_import_counts_only_with_a_stated_basis(
    texting: Texting, basis: Basis | None, states: dict[str, str]
) -> None:
    order = Order(Method.IMPORT, "staff:sato", "file customers.csv", ("billing",), basis)
    orders.record(texting.runtime, OURS, HANAKO, order)

    assert standings(texting) == states


def test_opposite_orders_at_the_same_instant_are_both_kept_and_the_later_wins(
    texting: Texting,
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda word: texting.hears(HANAKO, word), ["STOP", "START"] * 10))

    entries = ledger_of(texting)
    assert len(entries) == 20
    with texting.runtime.engine.begin() as connection:
        consent = connection.execute(select(conversations.c.consent)).scalar_one()
        active = connection.execute(select(opt_outs).where(opt_outs.c.lifted_at.is_(None))).all()
    assert consent == entries[-1][0]
    assert bool(active) == (consent == "stopped")


# SQLite has one writer at a time.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_opposite_orders_through_every_door_and_to_two_senders_come_one_by_one(
    texting: Texting,
) -> None:
    """Each door locks the person first, in whatever conversation: none deadlocks or forks."""
    runtime = texting.runtime
    texting.hears(HANAKO, "ヘルプ")
    with runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=SECOND, enabled_at=utc_now()))
        token = opt_out_links.create(connection, 1)
    staff = Order(Method.VERBAL, "staff:sato", "asked staff to stop: verbal")
    page = Order(Method.WEB, "person", "page /o/")
    doors: list[Callable[[], object]] = [
        lambda: texting.hears(HANAKO, "STOP"),
        lambda: texting.hears(HANAKO, "START", To=SECOND),
        lambda: orders.stop(runtime, SECOND, HANAKO, staff),
        lambda: orders.start_by_link(runtime, token, page),
        lambda: texting.hears(HANAKO, "STOP", To=SECOND),
        lambda: texting.hears(HANAKO, "START"),
    ]
    with ThreadPoolExecutor(len(doors)) as pool:
        list(pool.map(lambda door: door(), doors * 5))

    last = ledger_of(texting)[-1][0]
    with runtime.engine.begin() as connection:
        assert audit.verify(connection).broken is None
        methods = connection.execute(select(consent_events.c.method)).scalars().all()
        active = connection.execute(select(opt_outs).where(opt_outs.c.lifted_at.is_(None))).all()
        stands = set(connection.execute(select(conversations.c.consent)).scalars())
    # A button that changes nothing is no entry; every word and every order of staff is one.
    assert (methods.count("sms"), methods.count("verbal")) == (20, 5)
    assert bool(active) == (last == "stopped")
    assert (stands == {"stopped"}) == (last == "stopped")
