"""People are addressed by their name, and politely where none is known."""

import pytest

from bot.dialogue.turn import Reply
from bot.messaging.answering.render import render
from bot.runtime import Runtime
from bot.scripts.item import Slot
from bot.senders.company import Company
from bot.text.language import Language
from tests.scripts.publishing import EN, JA, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TEXTS = {JA: "【{brand}】{name}様、ありがとうございます。", EN: "{brand}: {name}, thank you."}


@pytest.mark.parametrize(
    ("language", "name", "told"),
    [
        (JA, "山田 花子", "山田 花子様、"),
        (JA, "", "お客様、"),
        (EN, "Hanako Yamada", ": Hanako Yamada, "),
        (EN, "", ": dear customer, "),
        (JA, "{brand}", "{brand}様、"),
    ],
)
def test_a_name_is_filled_in_or_what_stands_for_it(
    runtime: Runtime, language: Language, name: str, told: str
) -> None:
    slot: Slot = ("balance.answer", language)
    edition = runtime.edition.with_changes({slot: says(TEXTS[language])})
    reply = Reply("balance.answer", {"name": name})
    rendered = render(reply, language, edition, Company.of(runtime.settings))

    assert rendered is not None
    assert told in rendered.body
