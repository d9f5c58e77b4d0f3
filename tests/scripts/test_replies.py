"""Which scripts leave people no way but a reply."""

import pytest

from bot.scripts import shipped as scripts
from bot.scripts.checker.replies import asks_for_reply, needs_reply, that_need_reply
from bot.text.language import Language

JA, EN = Language.JA, Language.EN
ASKING = [
    ("「はい」か「いいえ」でご返信ください", JA),
    ("ご確認のうえ、返信してください", JA),
    ("「はい」とお送りください", JA),
    ("停止は「配信停止」", JA),
    ("お手数ですが「支払い」とご返信のうえ再度お手続きください", JA),
    ("Reply YES or NO", EN),
    ("HELP for help, STOP to end.", EN),
    ("Please reply {word}", EN),
]
SILENT = [
    ("この番号からご返信いたします", JA),
    ("お支払いはこちら:{url}", JA),
    ("配信停止はこちら {opt_out_url}", JA),
    ("We will reply shortly.", EN),
    ("Please pay here: {url}", EN),
    ("The bus stop to the left", EN),
]


@pytest.mark.parametrize(("text", "language"), ASKING)
def test_a_text_that_asks_for_a_reply(text: str, language: Language) -> None:
    assert asks_for_reply(text, language)
    assert needs_reply(text, language)
    for way in ("{opt_out_url}", "{url}", "{support_phone}"):
        assert not needs_reply(text + way, language)


@pytest.mark.parametrize(("text", "language"), SILENT)
def test_a_text_that_does_not(text: str, language: Language) -> None:
    assert not needs_reply(text, language)


def test_of_what_ships_those_are_named_that_offer_no_other_way() -> None:
    found = list(that_need_reply(scripts.load([scripts.LOCALES])))

    assert {"onboarding.consent", "balance.ask_digits", "consent.started"} <= set(found)
    assert not {"onboarding.agreed", "payment.link", "consent.call_us"} & set(found)
    assert found == sorted(found)
