"""The language registered for a customer is the one that a new conversation starts in."""

import pytest
from sqlalchemy import Engine, select

from bot.billing import accounts
from bot.billing.customer_file import CustomerFile
from bot.messaging.debts import import_file
from bot.runtime import Runtime
from bot.store.crypto import Vault
from bot.store.tables import outbound_messages
from bot.text.language import Language
from tests.billing.files import csv_of
from tests.people import Texting

HANAKO = "+819000000001"
REGISTERED: list[tuple[list[str], Language | None]] = [
    ([], None),
    ([""], None),
    (["en"], Language.EN),
    (["ja"], Language.JA),
    (["en", "en"], Language.EN),
    (["en", ""], Language.EN),
    (["en", "ja"], None),
]


def register(engine: Engine, vault: Vault, languages: list[str]) -> None:
    """An account of Hanako's for each of the languages, and somebody else's."""
    other = "090-0000-0002,1000-9999,,ja,0,,"
    rows = [f"090-0000-0001,1000-{1000 + i},,{code},0,," for i, code in enumerate(languages)]
    import_file(engine, vault, CustomerFile(csv_of(other, *rows)))


@pytest.mark.parametrize(("languages", "expected"), REGISTERED)
def test_only_one_language_is_taken_for_a_persons_own(
    engine: Engine, languages: list[str], expected: Language | None
) -> None:
    register(engine, Vault("a secret of the tests only"), languages)
    with engine.begin() as connection:
        assert accounts.languages_of(connection, [HANAKO]).get(HANAKO) is expected


@pytest.mark.parametrize(("languages", "first"), [(["en"], "en"), ([], "ja"), (["en", "ja"], "ja")])
def test_a_new_conversation_starts_in_the_registered_language(
    runtime: Runtime, texting: Texting, languages: list[str], first: str
) -> None:
    register(runtime.engine, runtime.vault, languages)

    texting.says(HANAKO, "1")

    with runtime.engine.begin() as connection:
        said = connection.execute(select(outbound_messages.c.language)).scalars()
        assert set(said) == {first}
