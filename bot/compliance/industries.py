"""Presets by industry: hours and a cap that hold besides those of a recipient's country.

They are YAML files in git under `industries/`, one for each `Industry` of the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.compliance.countries import Country
from bot.errors import ScriptError
from bot.setting_types import Industry
from bot.settings import ROOT
from bot.text.language import Language

FOLDER = ROOT / "industries"


@dataclass(frozen=True)
class Preset:
    """What a company of an industry keeps to, and the ready scripts that are of use to it.

    It is quiet from `quiet_from` until `quiet_until`; `per_day` counts unsolicited messages to a
    person.
    """

    title: Mapping[Language, str]
    quiet_from: time
    quiet_until: time
    per_day: int
    scripts: tuple[str, ...]

    def within(self, country: Country) -> Country:
        """The rules of a country, and of each the stricter one of both."""
        return replace(
            country,
            quiet_from=min(self.quiet_from, country.quiet_from),
            quiet_until=max(self.quiet_until, country.quiet_until),
            per_day=min(self.per_day, country.per_day),
        )


@cache
def shipped() -> Mapping[Industry, Preset]:
    """The presets that ship with git; ScriptError naming the file that is none."""
    return {industry: _preset(FOLDER / f"{industry}.yaml") for industry in Industry}


def applied(industry: Industry | None, country: Country) -> Country:
    """The rules of a country for a company of an industry, if it named one."""
    return country if industry is None else shipped()[industry].within(country)


def _preset(file: Path) -> Preset:
    try:
        content = YAML(typ="safe").load(file.read_text("utf-8"))
        until, start = (time.fromisoformat(content["quiet"][name]) for name in ("until", "from"))
        if until >= start:
            raise ValueError("quiet hours must go over midnight")
        return Preset(
            {language: str(content["title"][language]) for language in Language},
            start,
            until,
            int(content["per_day"]),
            tuple(content["scripts"]),
        )
    except (OSError, YAMLError, KeyError, TypeError, ValueError) as error:
        raise ScriptError(f"{file} is no preset: {str(error).splitlines()[0]}") from None
