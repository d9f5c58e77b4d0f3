"""What a check is made against: the words, the company, its senders, links and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.dialogue.decision import Flows
from bot.scripts.about import Size
from bot.scripts.checker import measure
from bot.scripts.edition import Edition
from bot.scripts.script import Script
from bot.text import template
from bot.text.language import Language

# The phrases that {contact} stands for.
CALL_US, WRITE_TO_US = "common.call_us", "common.write_to_us"


@dataclass(frozen=True)
class Sender:
    """A number that may write unasked: whether replies to it reach us, and cost no more."""

    number: str
    receives: bool
    foreign: bool


@dataclass(frozen=True)
class Surroundings:
    """What is known of the company: names by language, the hosts of its links, its numbers."""

    names: Mapping[Language, Mapping[str, str]]
    domains: frozenset[str]
    numbers: frozenset[str]
    senders: tuple[Sender, ...] = ()


def known_values(
    edition: Edition, surroundings: Surroundings, language: Language
) -> Mapping[str, str]:
    """The values that are known beforehand, the way to reach the company among them."""
    names = surroundings.names[language]
    way = edition.scripts.get((CALL_US if names.get("support_phone") else WRITE_TO_US, language))
    if way is None or way.placeholders - names.keys():
        return names
    return {**names, "contact": template.render(way.text, names)}


@dataclass(frozen=True)
class Context:
    """An edition with its flows and surroundings."""

    edition: Edition
    flows: Flows
    surroundings: Surroundings
    _bodies: dict[tuple[str, Size], str] = field(default_factory=dict, compare=False)

    def body(self, script: Script, size: Size) -> str:
        """A script as it leaves, with values of a size."""
        found = self._bodies.get((f"{script.language}{script.text}", size))
        if found is None:
            names = known_values(self.edition, self.surroundings, script.language)
            found = measure.body(script, size, self.edition.shipped.examples, names)
            self._bodies[f"{script.language}{script.text}", size] = found
        return found

    @cached_property
    def flow_keywords(self) -> Mapping[str, str]:
        """The words that begin a flow, each with the flow's name."""
        return {word: flow.name for flow in self.flows.values() for word in flow.keywords}
