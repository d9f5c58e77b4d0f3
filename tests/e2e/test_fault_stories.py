"""Faults that overlap: each story of the fault suite breaks and mends what it means to."""

from typing import Any, cast

from chaos.faults.processes import deployed
from chaos.leaks import Secrets
from chaos.stage import LOOK_AGAIN_S, Stage
from tests.e2e.site import Site


def test_a_deploy_waits_for_nobody_who_was_killed_and_started_again_meanwhile(site: Site) -> None:
    site.start("clock")
    stage = Stage(site, cast(Any, None), {}, Secrets())
    story = deployed(stage, lasts=7.0)
    assert next(story) == LOOK_AGAIN_S

    site.kill("clock")
    site.start("clock")
    another = site.pid("clock")

    assert next(story) == 7.0
    assert list(story) == []
    assert stage.wrong == []
    assert site.pid("clock") == another
