"""What each error code of a provider asks for: one table a provider, in `<provider>.yaml`.

The same table serves refusals of a message and reports about one that left. A code that is in no
table is tried once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from ruamel.yaml import YAML

from bot.errors import (
    BadNumber,
    Misconfigured,
    OptedOut,
    Refused,
    SendError,
    Throttled,
    Uncertain,
    Unexplained,
)

FOLDER = Path(__file__).parent
# Larger ones are none of any provider's, and no column takes them.
LARGEST = 2**31 - 1


class Action(StrEnum):
    """What to do with the message.

    RETRY tries again soon, with back-off, and WAIT after `wait` seconds; FAIL never does. OPT_OUT
    fails and is a stop, MUTE fails and silences the bot towards this person.
    """

    RETRY = "retry"
    WAIT = "wait"
    FAIL = "fail"
    OPT_OUT = "opt_out"
    MUTE = "mute"


class Whose(StrEnum):
    """Whose trouble it is: what an alert is about, and what waits where the rule says `pause`."""

    MESSAGE = "message"
    RECIPIENT = "recipient"
    SENDER = "sender"
    ACCOUNT = "account"
    REGION = "region"
    SCRIPT = "script"


class Flag(StrEnum):
    """What a code tells about a number."""

    INVALID = "invalid"
    LANDLINE = "landline"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """What one code means, and what to do.

    `tries` bounds how often the message is tried again because of it (None: as often as any
    other), `wait` is in seconds. With `alert` a person of the company must look; with `pause` all
    that shares the trouble waits until one message gets through.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: int
    do: Action
    means: str
    whose: Whose = Whose.MESSAGE
    alert: bool = False
    pause: bool = False
    tries: int | None = None
    wait: float | None = None
    flag: Flag | None = None


_RULE = TypeAdapter(Rule)


def look_up(provider: str, code: int | None) -> Rule:
    """The rule of a provider's code; of one that is unknown, to try once more."""
    found = rules(provider).get(code or 0)
    return found or Rule(code or 0, Action.RETRY, "a code that Henji does not know", tries=1)


def refusal(provider: str, code: int, retry_after: float | None = None) -> SendError:
    """The error for a message that a provider certainly did not take, and why.

    `retry_after` is the provider's own wish in seconds, which wins over the table's.
    """
    rule = rules(provider).get(code)
    if rule is None:
        return Unexplained(f"refused with code {code}, which is unknown here", code)
    sentence = f"refused with code {code}: {rule.means}"
    if rule.do in {Action.RETRY, Action.WAIT}:
        wait = rule.wait if retry_after is None else retry_after
        kind = Misconfigured if rule.pause and rule.alert else Throttled
        return kind(sentence, code, wait)
    return _final(rule)(sentence, code)


def answered(provider: str, status: int, code: int | None, retry_after: float | None) -> SendError:
    """The error for an HTTP status and the code in its body, by what every API keeps to.

    An error of the server may come after it took the message, and so may a redirect or a success
    that cannot be read; a status without a code stands for itself, and a code of the table for more
    than that it was too much: a loop is not tried again.
    """
    code = code if code is not None and 0 < code <= LARGEST else None
    if status == 429 and code not in rules(provider):
        return Throttled("asked to slow down", code or status, retry_after)
    if status < 400 or status == 408 or status >= 500:
        return Uncertain(f"answered {status}, which does not tell whether it was taken", code)
    if status == 401:
        return Misconfigured("the account's name or secret is wrong", code or status)
    return refusal(provider, code or status, retry_after)


def _final(rule: Rule) -> type[SendError]:
    if rule.do is Action.OPT_OUT:
        return OptedOut
    return BadNumber if rule.flag in {Flag.INVALID, Flag.LANDLINE} else Refused


def opt_outs(provider: str) -> frozenset[int]:
    """The codes by which a provider says that the recipient unsubscribed there."""
    table = rules(provider).values()
    return frozenset(rule.code for rule in table if rule.do is Action.OPT_OUT)


@cache
def rules(provider: str) -> Mapping[int, Rule]:
    """The table of a provider by code, empty where it has none; ValueError for a wrong row."""
    file = FOLDER / f"{provider}.yaml"
    if not file.exists():
        return {}
    rows: Mapping[int, dict[str, Any]] = YAML(typ="safe").load(file.read_text("utf-8"))
    return {code: _RULE.validate_python({"code": code, **row}) for code, row in rows.items()}
