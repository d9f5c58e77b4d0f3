"""What every part of the handset works with, put together once and passed by hand."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from handset.bell import Bell
from handset.faults import Faults
from handset.holds import Holds
from handset.people import Person
from handset.settings import Settings
from handset.store import Store


@dataclass(frozen=True)
class Runtime:
    """`work` rings when there may be a new errand, `news` when a message is new or changed."""

    settings: Settings
    people: tuple[Person, ...]
    store: Store
    faults: Faults = field(default_factory=Faults)
    holds: Holds = field(default_factory=Holds)
    work: Bell = field(default_factory=Bell)
    news: Bell = field(default_factory=Bell)


def current() -> Runtime:
    """The runtime of the request at hand."""
    return cast(Runtime, current_app.extensions["handset"])
