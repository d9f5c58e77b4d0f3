"""One run of a plan: everything up, everything broken, everything well again, and then the look."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy.exc import SQLAlchemyError

from bench.servers import folder
from bot.app import build_runtime
from bot.compliance import audit
from bot.settings import load as load_settings
from chaos import checks, database, gather, leaks, poison, twin
from chaos.checks.violation import Violation
from chaos.conductor import TICK_S, Conductor
from chaos.history import History
from chaos.load import Load
from chaos.plan import Plan
from chaos.site import EVERYTHING, SENDING, Site
from chaos.stage import Stage
from chaos.strangers import Strangers

# An account that was locked out is asked again after a minute, and a message backs off for longer;
# a text that no webhook brought is found after two. A busy machine needs its time besides.
SETTLES_WITHIN_S = 420.0
QUIET_FOR_S = 2.0
# An older clock may look for lost texts too seldom for the end of a run.
OLDER = {"HENJI_POLL_MINUTES": "1"}
FLOWS = {"HENJI_FLOW_MODULES": poison.__name__}


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `settled_after` is how many seconds it took after the last fault."""

    plan: Plan
    history: History
    violations: list[Violation]
    kills: Mapping[str, int]
    kills_at_post: int
    not_run: Mapping[str, int]
    restarts: Mapping[str, int]
    settled_after: float


def run(plan: Plan, older: Path | None = None) -> Outcome:
    """Do what a plan says on real processes and judge what came of it.

    `older` is a folder with an older version of this repository, to work beside this one.
    """
    with folder() as place, database.running(place / "postgresql") as server:
        # An older version may know nothing of the flow that is broken.
        settings = OLDER if older else FLOWS
        home = place / "site"
        home.mkdir()
        site = Site(home, server.url, place / "valkey.sock", older, **settings)
        secrets = leaks.Secrets(_secrets(site))
        stage = Stage(site, server, dict(plan.refused), secrets)
        try:
            return _run(plan, stage)
        finally:
            site.close()


def _run(plan: Plan, stage: Stage) -> Outcome:
    _prepare(plan, stage)
    conductor, load = Conductor(stage), Load(plan, stage.site.handset)
    strangers = Strangers(stage.site.environment)
    stage.more_comes = lambda: not _is_quiet(stage.site, load, len(plan.texts))
    try:
        load.start()
        strangers.start()
        conductor.run(plan.acts)
        settled_after = _settle(stage, conductor, load, len(plan.texts))
    finally:
        strangers.close()
        load.close()
    history = _history(plan, stage, conductor, load, strangers)
    return Outcome(
        plan,
        history,
        checks.violations(history),
        stage.kills,
        stage.at_post,
        conductor.not_run,
        conductor.restarts,
        settled_after,
    )


def _prepare(plan: Plan, stage: Stage) -> None:
    """Everything runs, and the customers have their accounts."""
    runtime = build_runtime(load_settings(environment=stage.site.environment))
    twin.register(runtime, plan.people)
    runtime.engine.dispose()
    began = time.monotonic()
    stage.site.up(*EVERYTHING)
    stage.started_within = time.monotonic() - began
    stage.ask(refused=stage.refused)


def _settle(stage: Stage, conductor: Conductor, load: Load, texts: int) -> float:
    """Mend all, and wait until nothing is under way any more; how many seconds that took."""
    began = time.monotonic()
    stage.site.handset.calm()
    stage.ask(refused=stage.refused)
    stage.site.start(*EVERYTHING)
    still = began
    while time.monotonic() - still < QUIET_FOR_S:
        conductor.watch()
        time.sleep(TICK_S)
        if not _is_quiet(stage.site, load, texts):
            still = time.monotonic()
        if time.monotonic() - began > SETTLES_WITHIN_S:
            stage.wrong.append(f"something is still under way after {SETTLES_WITHIN_S:.0f} s")
            break
    return still - began


def _is_quiet(site: Site, load: Load, texts: int) -> bool:
    try:
        if not (load.is_done() and site.handset.is_idle() and site.is_settled()):
            return False
        return site.kept() >= texts
    except (requests.RequestException, SQLAlchemyError):
        return False


def _history(
    plan: Plan, stage: Stage, conductor: Conductor, load: Load, strangers: Strangers
) -> History:
    site, wrong = stage.site, stage.wrong
    seen = gather.of_carrier(site.handset)
    stage.look_into_valkey()
    wrong += _stop(site)
    kept = gather.kept(site.engine)
    expected, calm = twin.replay(site.environment, plan.people, seen.texts, kept, site.folder)
    secrets = stage.secrets.with_replies(one.body for one in seen.accepted)
    wrong += leaks.in_logs([*site.logs(), stage.database.log], secrets)
    with site.engine.connect() as connection:
        broken = audit.verify(connection).broken
    if broken:
        wrong.append(f"the ledger is broken at entry {broken.entry}: {broken.why}")
    return History(
        seen.texts,
        seen.accepted,
        seen.asked,
        kept,
        gather.rows(site.engine),
        twin.standings(site.engine),
        expected,
        calm,
        frozenset(plan.refused),
        frozenset(one.number for one in plan.people if one.pays),
        frozenset(number for number, one in load.paid.items() if one in seen.noticed),
        conductor.windows,
        strangers.knocks,
        frozenset(strangers.odd),
        wrong,
        # An older version may say the same with other words.
        same_words=site.older is None,
    )


def _stop(site: Site) -> Iterator[str]:
    """Ask Henji's processes to end; each does so in time and says that all is well."""
    for name in (*SENDING, "web"):
        if status := site.stop(name):
            yield f"{name} ended with {status} when it was asked to"


def _secrets(site: Site) -> tuple[str, ...]:
    names = ("SECRET_KEY", "TWILIO_AUTH_TOKEN", "LOCAL_GATEWAY_SECRET")
    return tuple(site.environment[name] for name in names)
