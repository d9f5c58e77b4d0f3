"""Presets by industry: each is there, names scripts that there are, and loosens no country."""

from datetime import time
from pathlib import Path

import pytest

from bot.compliance import countries, industries
from bot.compliance.countries import Country
from bot.errors import ScriptError
from bot.scripts import gallery
from bot.setting_types import Industry


def test_every_industry_has_a_preset_and_every_preset_an_industry() -> None:
    files = {file.stem for file in industries.FOLDER.glob("*.yaml")}
    assert files == set(Industry) == industries.shipped().keys()


@pytest.mark.parametrize("industry", Industry)
def test_a_preset_names_ready_scripts(industry: Industry) -> None:
    preset = industries.shipped()[industry]
    assert preset.scripts
    assert {*preset.scripts} <= {key for key, _ in gallery.scripts()}
    assert all(preset.title.values())


def test_every_ready_script_is_of_use_to_some_industry() -> None:
    used = {key for preset in industries.shipped().values() for key in preset.scripts}
    assert used == {key for key, _ in gallery.scripts()}


def test_a_lender_writes_from_eight_to_nine_and_three_times_a_day() -> None:
    japan = countries.of_number("+819000000001", countries.shipped())
    lender = industries.applied(Industry.LENDING, japan)

    assert (lender.quiet_until, lender.quiet_from) == (time(8), time(21))
    assert lender.per_day == 3
    assert industries.applied(None, japan) is japan


@pytest.mark.parametrize("industry", Industry)
@pytest.mark.parametrize("country", countries.shipped(), ids=lambda one: one.name)
def test_of_country_and_industry_the_stricter_rule_holds(
    country: Country, industry: Industry
) -> None:
    preset, both = industries.shipped()[industry], industries.applied(industry, country)

    for one in (preset, country):
        assert both.quiet_from <= one.quiet_from
        assert both.quiet_until >= one.quiet_until
        assert both.per_day <= one.per_day
    assert (both.prefix, both.zones, both.required) == (
        country.prefix,
        country.zones,
        country.required,
    )


def test_a_preset_that_is_none_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(industries, "FOLDER", tmp_path)
    industries.shipped.cache_clear()
    with pytest.raises(ScriptError, match=r"lending\.yaml is no preset"):
        industries.shipped()
    industries.shipped.cache_clear()
