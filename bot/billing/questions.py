"""What a page may ask to know who is there, and the one form that an answer is compared in."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import jaconv

from bot.setting_types import Question
from bot.text import birth_dates

LONGEST_ANSWER = 64
DIGITS_ASKED = 4
SHORTEST_PASSWORD = 4

# Names in kana are registered with large letters as often as with small ones: ｷﾖｳｺ, キョウコ.
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_DASHES = re.compile("[-‐‑‒–—―−ー]")
_KANA = re.compile("[ぁ-ゖー]+")
_POSTCODE = re.compile("[0-9A-Z]{3,10}")
_BETWEEN_NAMES = re.compile(r"[\s・･=＝,.-]+")


def read(question: Question, written: str, today: date) -> str | None:
    """An answer in the form that it is compared in; None where it cannot be one.

    Width, white space, hyphens, kana script and the notation of a date make no difference.
    """
    if len(written) > LONGEST_ANSWER:
        return None
    return _READERS[question](unicodedata.normalize("NFKC", written).strip(), today)


def asked(
    of_campaign: Iterable[str] | None, of_sender: Iterable[str], of_settings: Iterable[Question]
) -> tuple[Question, ...]:
    """The questions of a campaign, one to four; where it has none of its own or there is none,
    those of the sender, else those of the settings."""
    own = tuple(of_campaign or ()) or tuple(of_sender)
    return tuple(map(Question, own)) or tuple(of_settings)


def _digits(text: str, _: date) -> str | None:
    digits = _DASHES.sub("", "".join(text.split()))
    whole = digits.isascii() and digits.isdecimal()
    return digits if whole and len(digits) == DIGITS_ASKED else None


def _birth_date(text: str, today: date) -> str | None:
    born = birth_dates.parse(text, today)
    return born.isoformat() if born else None


def _name_kana(text: str, _: date) -> str | None:
    kana = jaconv.kata2hira(_BETWEEN_NAMES.sub("", text)).translate(_LARGE)
    return kana if _KANA.fullmatch(kana) else None


def _postcode(text: str, _: date) -> str | None:
    code = _DASHES.sub("", "".join(text.removeprefix("〒").split())).upper()
    return code if _POSTCODE.fullmatch(code) else None


def _password(text: str, _: date) -> str | None:
    return text if len(text) >= SHORTEST_PASSWORD and text.isprintable() else None


_READERS: Mapping[Question, Callable[[str, date], str | None]] = {
    Question.CUSTOMER_NUMBER: _digits,
    Question.PHONE: _digits,
    Question.BIRTH_DATE: _birth_date,
    Question.NAME_KANA: _name_kana,
    Question.POSTCODE: _postcode,
    Question.PASSWORD: _password,
}
