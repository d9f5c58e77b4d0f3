"""How long a script gets when it is said: with the shortest, typical and longest values."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.scripts.about import Examples, Size
from bot.scripts.checker import billing
from bot.scripts.checker.billing import PerStep
from bot.scripts.script import Script
from bot.text import letters, segments, template
from bot.text.format import shown
from bot.text.language import Language
from bot.text.letters import Letter

# Stands for a placeholder that has no examples: as long as most of them.
STAND_IN = {Size.SHORTEST: "x", Size.TYPICAL: "x" * 10, Size.LONGEST: "x" * 20}

ExamplesByName = Mapping[tuple[str, Language], Examples]


@dataclass(frozen=True)
class Measure:
    """A script as a phone would show it, with values of one size."""

    size: Size
    body: str
    encoding: str
    characters: int
    units: int
    segments: int
    steps: Mapping[str, Mapping[str, float | int | None]]
    ucs_2_for: tuple[Letter, ...]
    not_in_iso_2022_jp: tuple[Letter, ...]


def measure(
    script: Script,
    examples: ExamplesByName,
    company: Mapping[str, str],
    yen_per_step: PerStep = MappingProxyType({}),
) -> list[Measure]:
    """The three sizes of a script; `company` are values that are known, such as the brand."""
    return [_measure(script, size, examples, company, yen_per_step) for size in Size]


def body(script: Script, size: Size, examples: ExamplesByName, company: Mapping[str, str]) -> str:
    """A script with values of one size, as it leaves."""
    values = {name: _value(name, script.language, size, examples) for name in script.placeholders}
    return segments.outgoing(template.render(script.text, {**values, **_known(company)}))


def _measure(
    script: Script,
    size: Size,
    examples: ExamplesByName,
    company: Mapping[str, str],
    yen_per_step: PerStep,
) -> Measure:
    said = body(script, size, examples, company)
    counted = segments.count(said)
    return Measure(
        size,
        said,
        counted.encoding,
        len(said),
        counted.units,
        counted.segments,
        billing.yen(said, yen_per_step),
        tuple(letters.forcing_ucs_2(said)) if script.language is Language.EN else (),
        tuple(letters.outside_iso_2022_jp(said)),
    )


def _value(name: str, language: Language, size: Size, examples: ExamplesByName) -> str:
    return shown(examples.get((name, language), STAND_IN)[size], language)


def _known(company: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in company.items() if value}
