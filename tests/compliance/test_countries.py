"""The rules by country: when it is quiet, where the recipient is, and when it opens again."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compliance import countries
from bot.errors import ScriptError

SHIPPED = countries.shipped()
TOKYO = ZoneInfo("Asia/Tokyo")
JAPAN = countries.of_number("+819000000001", SHIPPED)
AMERICA = countries.of_number("+12025550123", SHIPPED)
YEARS = (datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001 - the zone is given with it
GOOD = """prefix: "+81"
zones: [Asia/Tokyo]
quiet: {from: "21:00", until: "08:00"}
per_day: 3
longest: {GSM-7: 1530, UCS-2: 660}
required: {}
"""


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+819000000001", "jp"),
        ("+12025550123", "us"),
        ("+8613800000000", "default"),
        ("", "default"),
    ],
)
def test_the_longest_prefix_finds_the_country(number: str, name: str) -> None:
    assert countries.of_number(number, SHIPPED).name == name


@pytest.mark.parametrize(
    ("clock", "opens"),
    [
        ("07:59", "21 08:00"),
        ("08:00", "21 08:00"),
        ("20:59", "21 20:59"),
        ("21:00", "22 08:00"),
        ("23:59", "22 08:00"),
        ("00:00", "21 08:00"),
    ],
)
def test_japan_is_quiet_from_nine_to_eight(clock: str, opens: str) -> None:
    now = datetime.fromisoformat(f"2026-11-21T{clock}").replace(tzinfo=TOKYO)
    at = JAPAN.opens(now)

    assert f"{at.astimezone(TOKYO):%d %H:%M}" == opens
    assert (JAPAN.quiet_zone(now) is None) == (at == now)


@given(st.datetimes(*YEARS, timezones=st.just(ZoneInfo("UTC"))))
def test_in_america_it_opens_when_it_is_day_in_every_zone(now: datetime) -> None:
    at = AMERICA.opens(now)

    assert at >= now
    assert AMERICA.quiet_zone(at) is None
    assert 8 <= at.astimezone(ZoneInfo("Pacific/Honolulu")).hour < 21


def test_the_next_day_begins_in_the_morning() -> None:
    evening = datetime(2026, 11, 21, 20, 30, tzinfo=TOKYO)

    assert JAPAN.next_day(evening) == datetime(2026, 11, 22, 8, tzinfo=TOKYO)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "prefix: [",
        GOOD.replace("Asia/Tokyo", "Asia/Nowhere"),
        GOOD.replace("per_day: 3", ""),
        GOOD.replace('"21:00"', '"25:00"'),
        GOOD.replace('"21:00"', '"07:00"'),
    ],
)
def test_a_file_that_is_no_country_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "xx.yaml").write_text(content, "utf-8")
    with pytest.raises(ScriptError, match=r"xx\.yaml is no country"):
        countries.load(tmp_path)


@pytest.mark.parametrize(
    ("number", "now", "day", "end"),
    [
        ("+819000000001", "2026-12-24T15:00", date(2026, 12, 25), "2026-12-25T15:00"),
        ("+819000000001", "2026-12-24T14:59", date(2026, 12, 24), "2026-12-24T15:00"),
        # An evening on the coast of America is another day in Newfoundland, but not in Hawaii.
        ("+12025550123", "2026-12-25T04:00", date(2026, 12, 24), "2026-12-25T10:00"),
        ("+8613800000000", "2026-12-24T00:00", date(2026, 12, 24), "2026-12-25T00:00"),
    ],
)
def test_a_persons_day_ends_when_it_is_over_in_every_zone(
    number: str, now: str, day: date, end: str
) -> None:
    country = countries.of_number(number, SHIPPED)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert country.day(moment) == day
    assert country.end_of(day) == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert country.day(country.end_of(day)) > day
