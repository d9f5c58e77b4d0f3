"""{opt_out_url} in a script: a link of the conversation's own, made with the text it stands in."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.app import create_app
from bot.compliance import opt_out_links
from bot.messaging import rounds
from bot.runtime import Runtime
from bot.scripts.script import Script
from bot.scripts.shelf import Shelf
from bot.store.columns import seconds_from_now
from bot.store.tables import opt_out_links as links
from bot.store.tables import outbound_messages
from bot.text.language import Language
from tests.carrier import Carrier
from tests.people import Texting

HANAKO = "+819000000001"
_LINK = re.compile(r"https://s\.example\.jp/o/([0-9A-Za-z]{12})$")


def rewrite(texting: Texting, key: str, text: str) -> None:
    """Serve with a text of the support team's own, and with a short domain."""
    runtime = texting.runtime
    written = {(key, language): Script(key, language, text) for language in Language}
    settings = runtime.settings.model_copy(update={"LINK_URL": "https://s.example.jp"})
    edition = replace(runtime.edition, scripts={**runtime.scripts, **written})
    texting.runtime = replace(runtime, settings=settings, shelf=Shelf(edition))
    texting.client = create_app(texting.runtime).test_client()


def kept(runtime: Runtime) -> list[str]:
    with runtime.engine.begin() as connection:
        return list(connection.execute(select(links.c.token_hash)).scalars())


KEYS = [
    ("ヘルプ", "common.help"),
    ("配信停止", "consent.stopped"),
    ("人違いです", "wrong_person.noted"),
]


@pytest.mark.parametrize(("word", "key"), KEYS)
def test_any_script_may_carry_the_link_and_it_leads_to_its_own_conversation(
    texting: Texting, carrier: Carrier, word: str, key: str
) -> None:
    texting.says("+819000000002", word)
    rewrite(texting, key, "停止はこちら {opt_out_url}")
    texting.says(HANAKO, word)

    found = _LINK.search(carrier.bodies(HANAKO)[-1])
    assert found is not None
    with texting.runtime.engine.begin() as connection:
        talk = opt_out_links.conversation_of(connection, found[1])
        body = select(outbound_messages.c.conversation_id).order_by(outbound_messages.c.id.desc())
        assert talk == connection.execute(body).scalars().first()
    assert found[1] not in kept(texting.runtime)


def test_a_text_without_it_makes_no_link(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    texting.says(HANAKO, "配信停止")

    assert kept(texting.runtime) == []


def test_who_agrees_is_told_where_to_stop(texting: Texting, carrier: Carrier) -> None:
    for language, word in (("+819000000001", "はい"), ("+12025550123", "YES")):
        texting.says(language, word)
        assert texting.says(language, word) == ["onboarding.agreed"]
        assert re.search(r"https://sms\.example\.com/o/\w{12}$", carrier.bodies(language)[-1])

    assert len(set(kept(texting.runtime))) == 2


def test_a_text_that_is_not_written_leaves_no_link(texting: Texting) -> None:
    rewrite(texting, "common.help", "{opt_out_url} {nothing}")
    texting.hears(HANAKO, "ヘルプ")

    assert kept(texting.runtime) == []


def test_links_that_have_ended_are_forgotten_and_no_other(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opt_out_links, "BATCH", 2)
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        for _ in range(5):
            opt_out_links.create(connection, 1)
        connection.execute(update(links).values(expires_at=seconds_from_now(-1)))
        token = opt_out_links.create(connection, 1)
    rounds.forget(texting.runtime, lambda: True)

    with texting.runtime.engine.begin() as connection:
        assert opt_out_links.conversation_of(connection, token) == 1
    assert len(kept(texting.runtime)) == 1


def test_forgetting_ends_with_the_clock(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        opt_out_links.create(connection, 1)
        connection.execute(update(links).values(expires_at=seconds_from_now(-1)))
    rounds.forget(texting.runtime, lambda: False)

    assert len(kept(texting.runtime)) == 1
