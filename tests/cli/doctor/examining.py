"""A house that is examined, and the troubles that are found."""

from tests.cli.commands import Ended, henji

HANAKO = "+819000000001"


def troubles(ended: Ended) -> list[str]:
    assert ended.err == ""
    return [line[3:] for line in ended.out.splitlines() if line.startswith("! ")]


def examined(environment: dict[str, str]) -> list[str]:
    ended = henji("doctor", environment=environment)
    found = troubles(ended)
    assert ended.status == bool(found)
    return found
