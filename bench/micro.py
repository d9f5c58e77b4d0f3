"""Single steps of the hot path, in microseconds."""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from werkzeug.datastructures import MultiDict

from bench import texts
from bot.compliance import countries
from bot.dialogue import score
from bot.dialogue.decide import Situation, decide
from bot.dialogue.decision import Heard, View
from bot.dialogue.holds import HoldKind
from bot.dialogue.intents import understand
from bot.dialogue.turn import Reply, Turn
from bot.messaging.answering.render import render
from bot.messaging.gate import Facts, Hold, may_send
from bot.messaging.grounds import Grounds, MessageClass
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.settings import ROOT
from bot.text.language import Language
from webhooks.signature import is_signed, signature

ROUNDS = 3
SENTENCES = ROOT / "training" / "dev_extra.tsv"
EVERY = 20
NIGHT = datetime(2026, 11, 21, 6, tzinfo=UTC)


def run(runtime: Runtime) -> dict[str, float]:
    """The time of each step, the best of three rounds."""
    steps = {name: _best(step) for name, step in _steps(runtime).items()}
    return {**steps, **_understanding(runtime)}


def _understanding(runtime: Runtime) -> dict[str, float]:
    """What it costs to understand people's sentences, and the longest junk."""
    rows = score.parse(SENTENCES.read_text("utf-8").splitlines())
    times = [_best(partial(understand, row.text, runtime.vocabulary)) for row in rows[::EVERY]]
    junk = "停止しないでstopカード " * 100
    return {
        "understand() sentences, mean": sum(times) / len(times),
        "understand() sentences, worst": max(times),
        "understand() 1,600 characters": _best(partial(understand, junk, runtime.vocabulary)),
    }


def _steps(runtime: Runtime) -> dict[str, Callable[[], object]]:
    form = MultiDict(texts.form(1))
    url = "https://sms.example.com/webhooks/twilio/messages"
    given = signature(url, form, texts.TOKEN)
    heard = Heard("twilio", "SM1", texts.number(1), texts.OURS, texts.BODY)
    reading = understand(texts.BODY, runtime.vocabulary)
    situation = Situation(View(Language.JA), heard, reading, runtime.flows)
    onboarding = runtime.flows["onboarding"]
    reply, company = Reply("balance.ask_digits"), Company.of(runtime.settings)
    facts = {kind: _facts(kind) for kind in (MessageClass.REPLY, MessageClass.PROMOTIONAL)}
    return {
        "signature": lambda: is_signed(url, form, given, texts.TOKEN),
        "understand() a keyword": lambda: understand(texts.BODY, runtime.vocabulary),
        "decide()": lambda: decide(situation),
        "one step of a flow": lambda: onboarding.step("begin", Turn("onboarding", "", reading)),
        "the gate, an answer": lambda: may_send(facts[MessageClass.REPLY]),
        "the gate, held back for all reasons": lambda: may_send(facts[MessageClass.PROMOTIONAL]),
        "render and count": lambda: render(reply, Language.JA, runtime.edition, company),
    }


def _facts(message_class: MessageClass) -> Facts:
    """What the gate is asked about, at its most expensive: at night in a country of many zones."""
    return Facts(
        message_class,
        NIGHT,
        NIGHT + timedelta(hours=1),
        countries.of_number("+12025550123", countries.shipped()),
        body=texts.BODY,
        grounds=Grounds("promotions"),
        holds=(Hold(HoldKind.LAWYER, "lawyer"), Hold(HoldKind.PROMISE, "promise", NIGHT)),
        sent_today=5,
    )


def _best(step: Callable[[], object]) -> float:
    timer = timeit.Timer(step)
    number, _ = timer.autorange()
    return 1e6 * min(timer.repeat(ROUNDS, number)) / number
