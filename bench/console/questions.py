"""What staff ask all day, each question with the addresses that ask it."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bench.console import people, phrases
from bench.console.fill import DAYS
from bot.overview.queues import Queue
from bot.text.language import Language

LIST = "the list"
VARIANTS = 40
# The third one of balance.ask_digits, by the last letters of its name.
RARE_REVISION = ".ask_digits3"


@dataclass(frozen=True)
class Question:
    """A question by its name; its addresses are asked in turn."""

    name: str
    paths: Sequence[str]


@dataclass(frozen=True)
class Known:
    """What one must know of the data to ask: their size."""

    conversations: int
    messages: int


def everything(known: Known) -> Iterator[Question]:
    """Every question of the benchmark, the plain list first."""
    yield from _of_list(_plain())
    yield from _of_list(_combined())
    yield from _of_list(_searched(known))
    yield from _paged(known)
    yield from _opened(known)
    for queue in Queue:
        yield Question(f"queue: {queue}", [f"/queues/{queue}"])
    yield Question("numbers of the queues", ["/queues/counts?each=1"])
    for days in ("7", "30"):
        yield Question(f"the dashboard, {days} days", [f"/dashboard?period={days}"])
    yield Question("what changed", [f"/conversations/changes?{urlencode({'since': _ago(0)})}"])


Asked = Mapping[str, str]


def _of_list(asked: Iterable[tuple[str, Sequence[Asked]]]) -> Iterator[Question]:
    for name, variants in asked:
        yield Question(name, [f"/conversations?{urlencode(one)}" for one in variants])


def _plain() -> Iterator[tuple[str, Sequence[Asked]]]:
    yield LIST, [{}]
    for state in ("wanted", "mine", "taken", "held", "on_hold", "trouble"):
        yield f"view {state}", [{"state": state}]
    for name, value in (
        ("flow", "balance"),
        ("flow", "survey"),
        ("consent", "granted"),
        ("consent", "refused"),
        ("language", "en"),
        ("sender", "1"),
        ("sender", "12"),
        ("department", "1"),
        ("error", "30003"),
        ("error", "30007"),
        ("error", "12345"),
    ):
        yield f"{name} {value}", [{name: value}]
    yield "script, frequent", [{"script": "balance.ask_digits"}]
    yield "script, its third revision", [{"script": RARE_REVISION}]
    yield "a day of last year", [_days(DAYS // 2, DAYS // 2)]
    yield "a month of last year", [_days(DAYS // 2 + 30, DAYS // 2)]


def _combined() -> Iterator[tuple[str, Sequence[Asked]]]:
    day, month = _days(DAYS // 2, DAYS // 2), _days(DAYS // 2 + 30, DAYS // 2)
    for name, asked in {
        "stopped + en": {"consent": "stopped", "language": "en"},
        "survey + refused + sender 11": {"flow": "survey", "consent": "refused", "sender": "11"},
        "sender 12 + month": {"sender": "12", **month},
        "error 30007 + day": {"error": "30007", **day},
        "残高 + month": {"words": "残高", **month},
        "残高 + day": {"words": "残高", **day},
        "残高 + refused": {"words": "残高", "consent": "refused"},
        "残高 + trouble": {"words": "残高", "state": "trouble"},
        "残高 + error 30007": {"words": "残高", "error": "30007"},
        "残高 + error of nobody": {"words": "残高", "error": "12345"},
        "残高 + en": {"words": "残高", "language": "en"},
        "balance + ja": {"words": "balance", "language": "ja"},
        "残高 + survey + refused": {"words": "残高", "flow": "survey", "consent": "refused"},
        "残高 + sender 12": {"words": "残高", "sender": "12"},
        "残高 + department": {"words": "残高", "department": "2"},
        "解約 + granted": {"words": "解約", "consent": "granted"},
        "解約 + refused": {"words": "解約", "consent": "refused"},
        "解約 + month": {"words": "解約", **month},
        "解約 + sender 12": {"words": "解約", "sender": "12"},
        "script + sender 12": {"script": "balance.ask_digits", "sender": "12"},
        "script + refused": {"script": "balance.ask_digits", "consent": "refused"},
        "script + month": {"script": "balance.ask_digits", **month},
        "script + 残高": {"script": "payment.link", "words": "残高"},
        "third revision + 残高": {"script": RARE_REVISION, "words": "残高"},
        "third revision + granted": {"script": RARE_REVISION, "consent": "granted"},
    }.items():
        yield name, [asked]
    rare = _rare(Language.JA)
    yield "rare word + granted", [{"words": word, "consent": "granted"} for word in rare]
    yield "rare word + script", [{"words": word, "script": "balance.ask_digits"} for word in rare]


def _searched(known: Known) -> Iterator[tuple[str, Sequence[Asked]]]:
    for words in ("残高", "支払い", "ありがとう", "残高 支払", "解約", "弁護士 残高", "高残"):
        yield words, [{"words": words}]
    for words in ("balance", "thank you", "refund", "lawyer balance"):
        yield words, [{"words": words}]
    for language in Language:
        yield f"rare word, {language}", [{"words": word} for word in _rare(language)]
    yield "said by nobody", [{"words": "竜宮城乙姫"}]
    some = [one * people.ONE_IN for one in _some(known.conversations // people.ONE_IN)]
    yield "number", [{"words": f"0{people.number(one)[3:]}"} for one in some]
    yield "customer number", [{"words": people.customer_number(one)} for one in some]
    yield "family name, frequent", [{"words": "佐藤"}]
    yield "family name, rare", [{"words": "勅使河原"}]
    yield "whole name", [{"words": people.name(one)} for one in some]


def _paged(known: Known) -> Iterator[Question]:
    pages: Mapping[str, Asked] = {
        "page of last year": {"after": f"{_ago(DAYS // 2)}~0"},
        "granted, page of last year": {"consent": "granted", "after": f"{_ago(DAYS // 2)}~0"},
        "残高, page of last year": {"words": "残高", "after": str(known.messages // 2)},
        "解約, page of last year": {"words": "解約", "after": str(known.messages // 2)},
    }
    yield from _of_list((name, [asked]) for name, asked in pages.items())


def _opened(known: Known) -> Iterator[Question]:
    some = _some(known.conversations)
    yield Question("open one", [f"/conversations/{one}" for one in some])
    # The first ones have the longest history: hundreds to thousands of messages.
    longest = [f"/conversations/{one}" for one in range(1, VARIANTS + 1)]
    yield Question("open a long one", longest)
    before = urlencode({"before": _ago(DAYS // 2)})
    yield Question("its talk of last year", [f"{one}/talk?{before}" for one in longest])


def _some(count: int) -> list[int]:
    """Ids all over a range that begins with 1."""
    return [1 + each * count // VARIANTS for each in range(VARIANTS)]


def _rare(language: Language) -> list[str]:
    """Words that were said a few times in all."""
    seldom = (phrase.word for phrase in phrases.heard(language) if phrase.rank > phrases.HEARD // 2)
    return list(itertools.islice(filter(None, seldom), VARIANTS))


def _days(since: int, until: int) -> Asked:
    """A period that began and ended so many days ago."""
    return {"since": _ago(since)[:10], "until": _ago(until)[:10]}


def _ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
