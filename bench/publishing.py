"""`python -m bench.publishing`: scripts are published while texts come; no answer may mix two.

Everybody who texts is unknown and gets two messages in one answer. Both scripts are published
again and again, each time with the same number in both, so that the carrier sees what was mixed.
"""

import argparse
import asyncio
import re
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bench import load, texts
from bench.figures import Spread, spread
from bench.processes import wait_for
from bench.rate import came, count
from bench.servers import folder, postgresql, valkey
from bench.site import Site
from bot.app import build_runtime, register_sender
from bot.rehearsal import release
from bot.runtime import Runtime
from bot.scripts import drafts
from bot.settings import load as load_settings
from bot.store.session import transact
from bot.text.language import Language

# What somebody is told who asks for a balance and is not known, in one answer.
WORDS = {
    (
        "balance.not_registered",
        Language.JA,
    ): "【{brand}】ご登録を確認できませんでした。{contact}。",
    ("onboarding.consent", Language.JA): "【{brand}】ご案内をお送りしてもよろしいですか。"
    "「はい」か「いいえ」でご返信ください（停止は「配信停止」）。",
}
STAFF = "staff:benchmark"
WARM_UP_TEXTS = 100
ARRIVES_WITHIN_S = 120
_NUMBERED = re.compile(r"第(\d+)版$")


@dataclass(frozen=True)
class Answers:
    """What everybody got, by edition; the webhook's times count from when a text was due."""

    editions: Sequence[tuple[int, ...]]
    accepted: int
    published: int
    webhook: Spread

    @property
    def mixed(self) -> int:
        """How many answers were made from two editions."""
        return sum(len(set(one)) > 1 for one in self.editions)

    @property
    def whole(self) -> int:
        """How many answers had both messages, each once."""
        return sum(len(one) == len(WORDS) for one in self.editions)

    @property
    def seen(self) -> int:
        """How many editions the carrier saw."""
        return len({number for one in self.editions for number in one})

    @property
    def passed(self) -> bool:
        """Whether every text had one whole answer of one edition, and editions came and went."""
        return (
            self.accepted == self.whole == len(self.editions) and not self.mixed and self.seen > 1
        )


def editions(said: Sequence[tuple[str, str]]) -> list[tuple[int, ...]]:
    """By person, of which editions the messages are: 0 as they ship."""
    each: dict[str, list[int]] = defaultdict(list)
    for number, body in said:
        found = _NUMBERED.search(body)
        each[number].append(int(found[1]) if found else 0)
    return [tuple(one) for one in each.values()]


def run(site: Site, runtime: Runtime, rate: float, seconds: float, every: float) -> Answers:
    """Send texts at a rate, publish every so many seconds, and see what arrived."""
    total = int(rate * seconds)
    requests = [texts.text(site.public_url, index) for index in range(WARM_UP_TEXTS + total)]
    with site.carrier(0.1, callbacks=False), site.web(), site.worker(), site.clock():
        asyncio.run(load.at_rate(site.port, requests[:WARM_UP_TEXTS], rate))
        with publishing(runtime, every) as numbers:
            sent = asyncio.run(load.at_rate(site.port, requests[WARM_UP_TEXTS:], rate))
        wait_for(lambda: count(site) >= len(WORDS) * len(requests), "all", ARRIVES_WITHIN_S)
        arrived = came(site)
    late = [one for one in arrived.texts if one[0] in _numbers(total)]
    accepted = sum(one.status == 200 for one in sent)
    webhook = spread([one.answered - one.due for one in sent])
    return Answers(editions(late), accepted, len(numbers), webhook)


def _numbers(total: int) -> frozenset[str]:
    return frozenset(map(texts.number, range(WARM_UP_TEXTS, WARM_UP_TEXTS + total)))


@contextmanager
def publishing(runtime: Runtime, every: float) -> Iterator[list[int]]:
    """Publish both scripts every so many seconds while the block runs; gives what was published.

    Raises ScriptRefused at the end where the words were refused.
    """
    over, numbers = threading.Event(), list[int]()

    def repeat() -> None:
        while not over.wait(every):
            numbers.append(publish(runtime, len(numbers) + 1))

    with ThreadPoolExecutor() as pool:
        repeated = pool.submit(repeat)
        try:
            yield numbers
        finally:
            over.set()
        repeated.result()


def publish(runtime: Runtime, version: int) -> int:
    """Publish both scripts with a number behind their words, through every check."""
    changes = {slot: {"note": "", "text": f"{text}第{version}版"} for slot, text in WORDS.items()}

    def write(connection: Connection) -> int:
        now = release.edition(connection, runtime)
        draft = drafts.of_changes(connection, STAFF, changes, now)
        drafts.explain(connection, draft, STAFF, "a benchmark", {})
        return draft

    return release.publish(runtime, transact(runtime.engine, write), STAFF)


def main() -> None:
    """Run from the command line; exit status 1 where an answer was mixed or is missing."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with folder() as place, postgresql(place) as database, valkey(place) as redis:
        alone = {"HENJI_SCRIPTS_REVIEW": "off"}
        site = replace(Site.at(place, database.url, redis.url), more=alone)
        runtime = build_runtime(load_settings(environment=site.environment))
        register_sender(runtime)
        answers = run(site, runtime, given.rate, given.seconds, given.every)
        runtime.engine.dispose()
    verdict = "ok" if answers.passed else "FAILED"
    print(
        f"{given.rate * len(WORDS):g} messages/s: {answers.published} publications, {answers.seen}"
        f" editions heard; {answers.accepted} texts taken, {answers.whole} whole answers,"
        f" {answers.mixed} mixed; webhook {answers.webhook}   {verdict}"
    )
    sys.exit(not answers.passed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.publishing", description=__doc__)
    parser.add_argument(
        "--rate", type=float, default=100, help="texts a second, each answered by 2"
    )
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--every", type=float, default=2, help="seconds between two publications")
    return parser.parse_args()


if __name__ == "__main__":
    main()
