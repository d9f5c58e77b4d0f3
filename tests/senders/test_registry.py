"""The registry in the database: what may be enabled, what retiring means, and what texts say."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Engine, select, text, update

from bot.errors import Refused, SenderRefused
from bot.messaging.grounds import MessageClass
from bot.runtime import Runtime
from bot.senders import registry
from bot.senders.sender import Approval, Details, Inbound, Sender
from bot.setting_types import ProviderName
from bot.store import schema
from bot.store.session import transact
from bot.store.tables import consent_events, inbound_messages, outbound_messages, senders
from tests.carrier import Carrier
from tests.people import OURS, Texting
from webhooks import twilio, vonage

HANAKO = "+819000000001"
SECOND = "+815000000002"
LEGAL = Details(legal_name="例示商会株式会社")


def add(runtime: Runtime, number: str, details: Details = LEGAL, reason: str = "") -> str:
    return transact(runtime.engine, lambda c: registry.add(c, number, details, reason))


def change(runtime: Runtime, number: str, details: Details) -> str:
    return transact(runtime.engine, lambda c: registry.change(c, number, details))


def enable(runtime: Runtime, number: str) -> str:
    return transact(runtime.engine, lambda c: registry.enable(c, runtime.settings, number))


def retire(runtime: Runtime, number: str) -> str:
    return transact(runtime.engine, lambda c: registry.retire(c, number))


def one(runtime: Runtime, number: str) -> Sender:
    found = transact(runtime.engine, lambda c: registry.everyone(c, runtime.settings))
    return next(sender for sender in found if sender.number == number)


def test_a_sender_without_a_legal_name_cannot_be_enabled(runtime: Runtime) -> None:
    add(runtime, SECOND, Details(brand="店"))

    with pytest.raises(SenderRefused, match="has no legal name"):
        enable(runtime, SECOND)
    assert not one(runtime, SECOND).in_service

    change(runtime, SECOND, LEGAL)
    enable(runtime, SECOND)
    assert one(runtime, SECOND).in_service


def test_the_legal_name_of_the_settings_counts(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"HENJI_LEGAL_NAME": "例示商会株式会社"})
    add(runtime, SECOND, Details())

    transact(runtime.engine, lambda c: registry.enable(c, settings, SECOND))
    assert one(runtime, SECOND).in_service


def test_the_number_of_the_settings_is_enabled_at_start_even_without_a_legal_name(
    runtime: Runtime,
) -> None:
    sender = one(runtime, OURS)

    assert sender.in_service
    assert sender.approval is Approval.APPROVED
    assert sender.company.legal_name == ""
    assert sender.company.brand_ja == "例示商会"


def test_a_sender_that_the_carriers_refused_cannot_be_enabled(runtime: Runtime) -> None:
    add(runtime, SECOND, Details(legal_name="例示商会株式会社", approval=Approval.REFUSED))
    with pytest.raises(SenderRefused, match="refused by the carriers"):
        enable(runtime, SECOND)


@pytest.mark.parametrize("act", [retire, enable, lambda r, n: change(r, n, LEGAL)])
def test_what_is_not_registered_is_told_so(runtime: Runtime, act: object) -> None:
    with pytest.raises(SenderRefused, match="is not registered"):
        act(runtime, "+815000000099")  # type: ignore[operator]


def test_a_number_is_registered_once_in_whatever_notation(runtime: Runtime) -> None:
    with pytest.raises(SenderRefused, match="registered already"):
        add(runtime, "０５０－００００－０００１")


def test_a_name_is_recorded_with_its_reason_and_gets_no_replies(runtime: Runtime) -> None:
    with pytest.raises(SenderRefused, match="anybody can send under it"):
        add(runtime, "MYBRAND")
    with pytest.raises(SenderRefused, match="nobody can reply"):
        add(runtime, "MYBRAND", Details(inbound=Inbound.ON), "asked for by law")
    add(runtime, "MYBRAND", LEGAL, "asked for by law")

    sender = one(runtime, "MYBRAND")
    assert (sender.override_reason, sender.inbound) == ("asked for by law", Inbound.DROP)
    assert sender.webhook(runtime.settings) is None
    with pytest.raises(SenderRefused, match="nobody can reply"):
        change(runtime, "MYBRAND", Details(inbound=Inbound.ON))


@pytest.mark.parametrize("provider", ProviderName)
def test_the_webhook_of_a_sender_is_an_address_that_there_is(
    runtime: Runtime, provider: ProviderName
) -> None:
    settings = runtime.settings.model_copy(update={"HENJI_PROVIDER": provider})
    sender = one(runtime, OURS)
    door = {ProviderName.TWILIO: twilio.door, ProviderName.VONAGE: vonage.door}[provider]
    app = Flask(__name__)
    app.register_blueprint(door(replace(runtime, settings=settings)))

    path = urlsplit(sender.webhook(settings) or "").path
    assert path in {rule.rule for rule in app.url_map.iter_rules()}


def test_doing_it_again_changes_nothing_and_a_retired_sender_may_come_back(
    runtime: Runtime,
) -> None:
    change(runtime, OURS, LEGAL)
    first = one(runtime, OURS)
    enable(runtime, OURS)
    assert one(runtime, OURS) == first

    retire(runtime, OURS)
    retired = one(runtime, OURS)
    retire(runtime, OURS)
    assert one(runtime, OURS) == retired

    enable(runtime, OURS)
    assert one(runtime, OURS).in_service


def test_a_retired_sender_still_answers_and_hears_a_stop(texting: Texting) -> None:
    retire(texting.runtime, OURS)

    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    assert texting.says(HANAKO, "配信停止") == ["consent.stopped"]
    with texting.runtime.engine.begin() as connection:
        kept = connection.execute(select(inbound_messages.c.body)).scalars().all()
        (step,) = connection.execute(select(consent_events.c.consent)).scalars()
    assert kept == ["ヘルプ", "配信停止"]
    assert step == "stopped"


@pytest.mark.parametrize("state", [{"retired_at": None, "enabled_at": None}, None])
def test_nothing_unasked_leaves_from_a_sender_out_of_service(
    texting: Texting, carrier: Carrier, state: dict[str, None] | None
) -> None:
    carrier.faults = [Refused("not today")]
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        if state:
            connection.execute(update(senders).values(**state))
        connection.execute(
            update(outbound_messages).values(status="queued", message_class=MessageClass.NOTICE)
        )
    if state is None:
        retire(texting.runtime, OURS)
    texting.sends()

    assert carrier.accepted == []
    with texting.runtime.engine.begin() as connection:
        row = connection.execute(select(outbound_messages)).one()
    assert (row.status, row.reason) == ("canceled", "the sender is not in service")


def test_texts_speak_for_the_senders_own_brand(texting: Texting, carrier: Carrier) -> None:
    own = Details(brand="例示の店", brand_en="Example Shop", support_phone="0120-999-999")
    change(texting.runtime, OURS, own)

    texting.says(HANAKO, "支払い")
    texting.says("+12025550123", "balance")

    assert carrier.bodies(HANAKO)[0].startswith("【例示の店】")
    assert "0120-999-999へお電話ください" in carrier.bodies(HANAKO)[0]
    assert carrier.bodies("+12025550123")[0].startswith("Example Shop: ")


def test_an_older_database_keeps_its_senders_in_service(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.configuration(connection), "0001")
        older = "INSERT INTO {} VALUES ({})"
        now = "'2026-11-21 00:00:00+00'"
        connection.execute(text(older.format("senders", f"1, '{OURS}', {now}")))
        connection.execute(text(older.format("contacts", f"1, '{HANAKO}', 0, NULL, {now}")))
        connection.execute(
            text(
                "INSERT INTO conversations (id, sender_id, contact_id, language, language_chosen,"
                " state, slots, consent, helped_since_stop, misunderstood, heard_at, created_at)"
                " VALUES (1, 1, 1, 'ja', false, 'start', '{}', 'granted', false, 0,"
                f" {now}, {now})"
            )
        )
    schema.upgrade(engine)

    with engine.begin() as connection:
        row = connection.execute(select(senders)).one()
    assert (row.enabled_at, row.approval, row.brand) == (row.created_at, "approved", "")
    assert (row.displays, row.link_domains) == ({}, [])
