"""What differs by the recipient's country: quiet hours, cap, length, words that must stand.

The rules are YAML files in git under `countries/`, found by the longest prefix of a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ScriptError
from bot.settings import ROOT

FOLDER = ROOT / "countries"
ENCODINGS = ("GSM-7", "UCS-2")
# What is sent in the last minutes before a night may arrive in it.
LAST_CALL = timedelta(minutes=30)


@dataclass(frozen=True)
class Country:
    """The rules for numbers that begin with a prefix.

    It is quiet from `quiet_from` until `quiet_until`, by the clock of each of `zones`. `per_day`
    counts unsolicited messages to a person, from all of our numbers. `longest` is how many units
    of an encoding arrive there as one text. `required` gives, by message
    class, groups of words of which one each must stand in the text; {legal_name} is the company's.
    """

    name: str
    prefix: str
    zones: tuple[ZoneInfo, ...]
    quiet_from: time
    quiet_until: time
    per_day: int
    longest: Mapping[str, int]
    required: Mapping[str, tuple[tuple[str, ...], ...]]

    @property
    def has_own_rules(self) -> bool:
        """Whether somebody wrote down the rules of this country; else it is all the others."""
        return self.prefix != "+"

    def opens(self, now: datetime) -> datetime:
        """The next moment, `now` itself perhaps, that is quiet in no zone.

        Where there is none, as with zones on opposite sides, it is the end of some zone's night.
        """
        # In one zone, for comparing moments of different ones costs most of the time.
        at = now.astimezone(UTC)
        for _ in self.zones:
            later = max(self._opens_in(zone, at) for zone in self.zones)
            if later == at:
                return at
            at = later
        return at

    def closes(self, moment: datetime) -> datetime:
        """The last moment up to the given one at which it is day everywhere, half an hour before a
        night; as `opens`, where there is none."""
        at = moment
        for _ in self.zones:
            earlier = min(self._closes_in(zone, at) for zone in self.zones)
            if earlier == at:
                return at
            at = earlier
        return at

    def quiet_zone(self, now: datetime) -> ZoneInfo | None:
        """A zone in which it is quiet; None where it is day everywhere."""
        at = now.astimezone(UTC)
        return next((zone for zone in self.zones if self._opens_in(zone, at) > at), None)

    def next_day(self, now: datetime) -> datetime:
        """When a message may leave on the next day, by the clock of the first zone."""
        zone = self.zones[0]
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
        return self.opens(midnight)

    def is_today(self, moment: datetime, now: datetime) -> bool:
        """Whether both are on one day, by the clock of the first zone."""
        zone = self.zones[0]
        return moment.astimezone(zone).date() == now.astimezone(zone).date()

    def day(self, now: datetime) -> date:
        """The day that it is for the person: of several zones the one in which it ends last."""
        return min(now.astimezone(zone).date() for zone in self.zones)

    def end_of(self, day: date) -> datetime:
        """The moment when a day is over in every zone."""
        return max(datetime.combine(day + timedelta(days=1), time(), zone) for zone in self.zones)

    def _opens_in(self, zone: ZoneInfo, now: datetime) -> datetime:
        """The same in one zone; in UTC, as `now` is."""
        there = now.astimezone(zone)
        clock = there.time()
        if self.quiet_until <= clock < self.quiet_from:
            return now
        day = there.date() + timedelta(days=1 if clock >= self.quiet_from else 0)
        return datetime.combine(day, self.quiet_until, zone).astimezone(UTC)

    def _closes_in(self, zone: ZoneInfo, now: datetime) -> datetime:
        if self._opens_in(zone, now) == now:
            return now
        there = now.astimezone(zone)
        day = there.date() - timedelta(days=1 if there.time() < self.quiet_until else 0)
        return datetime.combine(day, self.quiet_from, zone) - LAST_CALL


Countries = tuple[Country, ...]


@cache
def shipped() -> Countries:
    """The rules that ship with git, the longest prefix first."""
    return load(FOLDER)


def load(folder: Path) -> Countries:
    """Every country of a folder; ScriptError naming the file that is none."""
    found = [_country(file) for file in sorted(folder.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda one: -len(one.prefix)))


def of_number(number: str, countries: Countries) -> Country:
    """The rules for a number in E.164 form."""
    return next((one for one in countries if number.startswith(one.prefix)), countries[-1])


def _country(file: Path) -> Country:
    try:
        content = YAML(typ="safe").load(file.read_text("utf-8"))
        night = [time.fromisoformat(content["quiet"][name]) for name in ("until", "from")]
        if night != sorted(night):
            raise ValueError("quiet hours must go over midnight")
        return Country(
            file.stem,
            content["prefix"],
            tuple(ZoneInfo(zone) for zone in content["zones"]),
            quiet_from=night[1],
            quiet_until=night[0],
            per_day=int(content["per_day"]),
            longest={encoding: int(content["longest"][encoding]) for encoding in ENCODINGS},
            required={
                kind: tuple(tuple(group) for group in groups)
                for kind, groups in content["required"].items()
            },
        )
    except (YAMLError, KeyError, TypeError, ValueError) as error:
        raise ScriptError(f"{file} is no country: {str(error).splitlines()[0]}") from None
