"""Why things are as they are is told in the language of the page: every sentence that is kept."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.providers import codes
from bot.settings import ROOT
from bot.text.language import Language
from console import reasons
from console.reasons import told
from tests.console.test_conversations import ONE, Day
from tests.console.working import Working
from tests.people import Texting

# Where the sentences are made that the tables keep and pages show.
MAKERS = (
    "bot/billing/verification.py",
    "bot/campaigns/offering.py",
    "bot/campaigns/drafting.py",
    "bot/campaigns/lengths.py",
    "bot/campaigns/moving.py",
    "bot/campaigns/numbers_file.py",
    "bot/campaigns/page_message.py",
    "bot/campaigns/people.py",
    "bot/campaigns/queueing.py",
    "bot/campaigns/texts.py",
    "bot/compliance/holds.py",
    "bot/dialogue/decision.py",
    "bot/dialogue/english.py",
    "bot/dialogue/guard.py",
    "bot/dialogue/guarded.py",
    "bot/dialogue/holds.py",
    "bot/dialogue/intents.py",
    "bot/dialogue/japanese.py",
    "bot/dialogue/keywords.py",
    "bot/messaging/answering/carry_out.py",
    "bot/messaging/answering/effects.py",
    "bot/messaging/answering/loops.py",
    "bot/messaging/answering/payment_link.py",
    "bot/messaging/answering/read.py",
    "bot/messaging/answering/waiting.py",
    "bot/messaging/balances.py",
    "bot/messaging/consent/consents.py",
    "bot/messaging/consent/expiry.py",
    "bot/messaging/consent/stops.py",
    "bot/messaging/debts.py",
    "bot/messaging/gate.py",
    "bot/messaging/look_ups.py",
    "bot/messaging/reconciling/reconcile.py",
    "bot/messaging/reports/failures.py",
    "bot/messaging/reports/repair.py",
    "bot/messaging/reports/retries.py",
    "bot/messaging/reports/watch.py",
    "bot/messaging/sending/breakers.py",
    "bot/messaging/sending/circuits.py",
    "bot/messaging/sending/claim.py",
    "bot/messaging/sending/facts.py",
    "bot/messaging/sending/foresight.py",
    "bot/messaging/sending/kept_back.py",
    "bot/messaging/sending/outcome.py",
    "bot/messaging/sending/parked.py",
    "bot/messaging/sending/recall.py",
    "bot/messaging/sending/troubles.py",
    "bot/messaging/sending/uncertain.py",
    "bot/payments/flags.py",
    "bot/payments/guesses.py",
    "bot/payments/opening.py",
    "bot/payments/reconcile.py",
    "bot/payments/reminders.py",
    "bot/payments/settlement.py",
    "bot/providers/codes/__init__.py",
    "bot/providers/wire.py",
)
# What these files say to nobody on a page: parts of a sentence, names of rules and subjects, errors
# of commands, and why an alert ended.
OTHERWISE = {
    " ",
    ", ",
    "sender ",
    "region ",
    "hold x",
    "message x",
    "x x",
    "campaign x",
    "queue campaigns",
    "balance source",
    "parked messages",
    "it tells again",
    "a page was opened again",
    "the right answer",
    "Numbers are not looked up: HENJI_NUMBER_LOOKUP says what may be asked, for money.",
    "x offers no look-up of numbers here.",
    "it is over",
    "the rate is back",
    "a message got through",
}
_MAKES_ONE = re.compile(
    r"(?<!def )\b(?:alert|Reason|take_back|call_off|outdate_dunning|cancel_link_reminders)\("
)
# The grammars of both languages; a sentence begins with a letter and has no operator.
_GRAMMAR = re.compile(r"[\[\]^$*|+\\<>]|^\W|^[A-Z] ")


def texts(node: ast.AST) -> Iterator[str]:
    """The texts of a source but its docstrings; what an f-string fills in is called x."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in child.values
            )
        elif isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        elif not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from texts(child)


def sentences(file: str) -> set[str]:
    """What a file says, a gap for `format` filled in like all others."""
    found = texts(ast.parse((ROOT / file).read_text("utf-8")))
    said = {re.sub(r"\{\w*\}", "x", text) for text in found if " " in text}
    return {text for text in said - OTHERWISE if not _GRAMMAR.search(text)}


def test_whatever_raises_an_alert_or_takes_a_message_back_is_looked_at() -> None:
    # Commands speak to who types them.
    files = [file for file in (ROOT / "bot").rglob("*.py") if "commands" not in file.parts]
    found = [str(file.relative_to(ROOT)) for file in files if _makes_one(file)]
    assert set(found) - set(MAKERS) == set()


def _makes_one(file: Path) -> bool:
    return _MAKES_ONE.search(file.read_text("utf-8")) is not None


@pytest.mark.parametrize("file", MAKERS)
def test_every_reason_is_told_in_japanese(file: str) -> None:
    assert {text for text in sentences(file) if reasons.japanese(text) is None} == set()


@pytest.mark.parametrize("provider", ["twilio", "vonage"])
def test_every_code_of_a_provider_is_explained_in_japanese(provider: str) -> None:
    meanings = {rule.means for rule in codes.rules(provider).values()}
    assert {means for means in meanings if reasons.japanese(means) is None} == set()


def test_a_sentence_within_a_sentence_is_told_and_what_somebody_wrote_is_left() -> None:
    refused = "refused with code 30003: the handset is off or out of reach"
    later = told(Language.JA, f"too old by the time of the next attempt: {refused}")
    assert later.words.endswith(
        "送信を断られました（コード 30003）：端末の電源が切れているか、圏外です"
    )
    given_up = told(Language.JA, "given up by sato: stopped")
    assert given_up.words == "satoが送信を取りやめました：stopped"
    assert told(Language.EN, "弁護士").language is Language.JA
    assert told(Language.EN, refused).words == refused


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_japanese_page_has_no_english_reason(working: Working, texting: Texting) -> None:
    day = Day(working, texting)
    day.hears("残高", "25日に払います", "弁護士に依頼しました", "もうメール送らないで", "停止")
    page = working.employs("Jiro", language=Language.JA).get(ONE).page

    told_in = re.findall(r'<span lang="(\w+)">([^<]*)</span>', page)
    assert [words for language, words in told_in if language == "en"] == []
    assert "停止を受けています" in page or "キーワード（停止）" in page
