"""`python -m bench.console`: how quick the console is with a million conversations.

The data are built once, into a folder that stays: with a PostgreSQL as it comes, five million
messages take some minutes. Staff then ask over HTTP what they ask all day, one question at a time,
signed in as anybody is. Times are printed, never asserted; it fails where a question takes too many
times what the plain list takes in the same run.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

from bench.console import company, live, measured, report
from bench.console.browser import Browser, sign_in
from bench.console.fill import fill
from bench.console.questions import LIST, Known, Question, everything
from bench.servers import folder, postgresql, valkey
from bench.site import Site
from bot.app import build_runtime, register_sender
from bot.runtime import Runtime
from bot.settings import ROOT
from bot.settings import load as load_settings


def main() -> None:
    """Run from the command line."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    place = given.folder.resolve()
    if given.rebuild:
        shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    with folder() as logs, postgresql(place, stays=True) as database, valkey(logs) as redis:
        site = Site.at(logs, database.url, redis.url)
        runtime = build_runtime(load_settings(environment=site.environment))
        known = _build(runtime, given)
        print(f"load average before: {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
        with site.web():
            browsers = _browsers(runtime, site)
            took = measured.ask(browsers, _questions(known, given), given.rounds)
            if took:
                print(*report.lines(took), sep="\n", flush=True)
            if given.texts:
                shown = live.run(site, browsers[company.ALL], given.texts)
                print(*report.live(shown), sep="\n")
        runtime.engine.dispose()
    sys.exit(1 if measured.too_slow(took) else 0)


def _build(runtime: Runtime, given: argparse.Namespace) -> Known:
    """Build the data where that was not done before."""
    done: Path = given.folder / "built.json"
    if not done.exists():
        print(f"building {given.messages:,} messages in {given.folder}")
        register_sender(runtime)
        with runtime.engine.begin() as connection:
            me = company.employ(connection)
        size = given.conversations, given.messages
        for step, seconds in fill(runtime.engine, runtime.vault, *size, me):
            print(f"  {step:<60} {seconds:6.1f} s", flush=True)
        done.write_text(json.dumps([given.conversations, given.messages]))
    return Known(*json.loads(done.read_text()))


def _browsers(runtime: Runtime, site: Site) -> dict[str, Browser]:
    with runtime.engine.connect() as connection:
        return {who: sign_in(connection, site.public_url, who) for who in company.STAFF}


def _questions(known: Known, given: argparse.Namespace) -> list[Question]:
    if given.live:
        return []
    wanted = re.compile(given.only)
    asked = everything(known)
    return [one for one in asked if one.name == LIST or wanted.search(one.name)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-console")
    parser.add_argument("--rebuild", action="store_true", help="build the data anew")
    parser.add_argument("--rounds", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--texts", type=int, default=30, help="until they show in an open page")
    parser.add_argument("--live", action="store_true", help="no questions, these texts alone")
    parser.add_argument("--only", default="", metavar="REGEX", help="the questions of this name")
    return parser.parse_args()


if __name__ == "__main__":
    main()
