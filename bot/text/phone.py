"""Telephone numbers: from any notation a person writes to E.164, and back to a country."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from bot.text import mask

# Longer than any notation of one number (two numbers in one cell are refused anyway).
LONGEST_NOTATION = 64

# ITU-T E.164: at most 15 digits; 7 is the shortest number in international use (Niue, St Helena).
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What carriers give for a withheld number: ANONYMOUS spelled on a keypad.
WITHHELD = "+266696687"
_NOTATION = re.compile(r"\+?[0-9]+")
# The apostrophe is how spreadsheets keep a leading zero.
_BETWEEN_DIGITS = frozenset(" '\t\n()[].・/-‐‒–—―−─━ー~〜")
# Calling Japan from abroad is often written with the prefix of the country one calls from.
_JAPAN_FROM_ABROAD = "0081"
# Japanese mobile and IP blocks. Blocks the ministry has not handed out yet (090-0…) count too:
# the numbering tables we ship are always older than the newest block.
_JAPAN_BLOCK = re.compile(r"[5-9]0[0-9]{8}")
# What receives no SMS. A number of a block that our tables do not know has no type, and may.
_WITHOUT_TEXTS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def parse(raw: str, region: str = "JP") -> str | None:
    """Return the E.164 form ("+819000000001") of a number in any notation, or None if it is none.

    Full-width digits, any dash, brackets, spaces, +81, 81, 0081 and the national form are
    understood; `region` (ISO 3166) is the country of numbers written without a country code.
    """
    if len(raw) > LONGEST_NOTATION:
        return None
    return _parse(raw, region)


@lru_cache(maxsize=4096)
def _parse(raw: str, region: str) -> str | None:
    dialled = _dialled(raw)
    number = _read(dialled, region) if dialled else None
    if number is None or not _can_exist(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def country(number: str) -> str | None:
    """Return the ISO 3166 code ("JP") of an E.164 number, or None if no single country has it.

    A number outside every known block falls back to the main country of its calling code.
    """
    parsed = _read(number, None) if is_e164(number) else None
    if parsed is None:
        return None
    known = phonenumbers.region_code_for_number(parsed)
    region = known or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if len(region) == 2 and region != "ZZ" else None


@dataclass(frozen=True)
class Notations:
    """One number as people write it: "050-0000-0001", "05000000001" and "+815000000001"."""

    national: str
    plain: str
    international: str


def notations(number: str) -> Notations:
    """Return how an E.164 number is written; what is no telephone number is written one way."""
    parsed = _read(number, None) if is_e164(number) else None
    if parsed is None:
        return Notations(number, number, number)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return Notations(national, "".join(filter(str.isdigit, national)), number)


def masked(number: str) -> str:
    """Return how a number is shown to who need not know it: "090-****-5678".

    The last four digits stay, and the first block of the national notation; what is no telephone
    number is hidden whole.
    """
    if number.startswith("+81") and _JAPAN_BLOCK.fullmatch(number[3:]):
        # The tables take 080-0… for the toll-free 0800.
        return f"0{number[3:5]}-****-{number[-4:]}"
    blocks = re.findall(r"[0-9]+", notations(number).national) if is_e164(number) else []
    if len(blocks) < 2 or len(blocks[-1]) < 4:
        return mask.number(number)
    return f"{blocks[0]}-****-{blocks[-1][-4:]}"


def can_be_answered(sender: str) -> bool:
    """Return whether a reply to this sender of a text could reach a person."""
    return is_e164(sender) and sender != WITHHELD


def receives_texts(number: str) -> bool:
    """Return whether an E.164 number is of a kind that can receive SMS: no landline, no hotline."""
    parsed = _read(number, None) if is_e164(number) else None
    if parsed is None:
        return False
    return _in_japan_block(parsed) or phonenumbers.number_type(parsed) not in _WITHOUT_TEXTS


def is_e164(value: str) -> bool:
    """Say whether `value` is "+" and 7 to 15 ASCII digits, the first not 0, and nothing else."""
    return _E164.fullmatch(value) is not None


def _dialled(raw: str) -> str | None:
    """Return "+" and the digits of a notation, or None if it holds anything else."""
    written = (char for char in unicodedata.normalize("NFKC", raw) if char not in _BETWEEN_DIGITS)
    # Numbers pasted from a phone's contacts carry invisible direction marks.
    dialled = "".join(char for char in written if unicodedata.category(char) != "Cf")
    if not _NOTATION.fullmatch(dialled):
        return None
    if dialled.startswith(_JAPAN_FROM_ABROAD):
        return "+" + dialled.removeprefix("00")
    return dialled


def _read(dialled: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, region)
    except NumberParseException:
        return None


def _can_exist(number: PhoneNumber) -> bool:
    """Ask for a known block in Japan; elsewhere the right length is enough."""
    if number.country_code == 81:
        return phonenumbers.is_valid_number(number) or _in_japan_block(number)
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == ValidationResult.IS_POSSIBLE


def _in_japan_block(number: PhoneNumber) -> bool:
    national = phonenumbers.national_significant_number(number)
    return number.country_code == 81 and _JAPAN_BLOCK.fullmatch(national) is not None
