"""Ready scripts for notices, to be copied and changed: those of `gallery/`."""

from collections.abc import Mapping
from functools import cache

from bot.scripts import about, shipped
from bot.scripts.about import Examples
from bot.scripts.script import Scripts
from bot.settings import ROOT
from bot.text.language import Language

FOLDER = ROOT / "gallery"


@cache
def scripts() -> Scripts:
    """Every ready script in both languages."""
    return shipped.load([FOLDER])


def examples() -> Mapping[tuple[str, Language], Examples]:
    """Values to show them with, beside those that ship."""
    return {**about.read(shipped.LOCALES).examples, **about.read(FOLDER).examples}
