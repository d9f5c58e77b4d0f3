"""A short run of the fault suite: kills at the POST, Valkey emptied, the database stopped."""

from dataclasses import replace

from chaos import plan, report, run
from chaos.plan import Act

SECONDS = 9.0
# Kills come first: what they leave is settled when its lease has run out, while all goes on.
ACTS = (
    Act(0.5, "kill after accept", 0.3),
    Act(0.5, "no reports and no answers", 3.0),
    Act(1.0, "kill before accept", 0.3),
    Act(2.0, "kill before mark", 0.3),
    Act(3.6, "texts twice at once", 2.0),
    Act(3.0, "valkey flushed", 0.1),
    Act(4.0, "kill web child", 0.1),
    Act(4.2, "hangs up on us", 1.0),
    Act(4.5, "reports reversed", 2.0),
    Act(5.0, "valkey emptied", 0.3),
    Act(6.5, "database stopped at once", 0.5),
)


def test_nothing_is_lost_doubled_or_out_of_order() -> None:
    made = replace(plan.make(11, messages=120, kills=0, seconds=SECONDS), acts=ACTS)

    outcome = run.run(made)

    assert outcome.violations == [], "\n".join(report.lines(outcome))
    assert outcome.kills_at_post == 3
    assert len(outcome.history.windows) == len(ACTS)
    assert len(outcome.history.accepted) > 60
