"""The words of the handset's own pages in Japanese and English, and which of them to show."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import request

from bot.text.language import Language

_LOCALES = Path(__file__).parent / "locales"
COOKIE = "handset_language"


@cache
def words(language: Language) -> dict[str, Any]:
    """All words of one language: a dictionary for each page."""
    loaded: dict[str, Any] = json.loads((_LOCALES / f"{language}.json").read_text("utf-8"))
    return loaded


def wanted_language() -> Language:
    """What the person chose now (?lang=) or before, else the best their browser asks for."""
    choice = request.args.get("lang") or request.cookies.get(COOKIE)
    if choice not in set(Language):
        choice = request.accept_languages.best_match(list(Language), Language.EN)
    return Language(choice)
