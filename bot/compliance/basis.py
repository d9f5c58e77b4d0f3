"""On which ground a company holds consent that it did not get through Henji, and what proves it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

CHUNK = 1 << 20


class Basis(StrEnum):
    """On what ground a company holds consent that it did not get through Henji."""

    WEB_TERMS = "web_terms"
    IVR = "ivr"
    VERBAL = "verbal"
    SMS_KEYWORD = "sms_keyword"
    PAPER = "paper"
    STORE = "store"
    EVENT = "event"
    APP = "app"
    BUSINESS_RELATION = "business_relation"
    BUSINESS_CARD = "business_card"
    PUBLISHED = "published"


class EvidenceKind(StrEnum):
    """In which way somebody agreed; "deemed" is the weakest: going on counted as a yes."""

    CHECKBOX = "checkbox"
    DEEMED = "deemed"
    KEYWORD = "keyword"
    SIGNATURE = "signature"
    VERBAL = "verbal"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file, or a row of one, says about consent that a company holds already.

    None: it says nothing about it. No purposes, (), say that nobody agreed to anything.
    """

    purposes: tuple[str, ...] | None = None
    basis: Basis | None = None
    obtained_on: date | None = None

    def otherwise(self, file: "Stated") -> "Stated":
        """What a row states, and where it is silent what its file does."""
        purposes = file.purposes if self.purposes is None else self.purposes
        return Stated(purposes, self.basis or file.basis, self.obtained_on or file.obtained_on)


NOTHING_STATED = Stated()


def fingerprint(file: Path) -> str:
    """The SHA-256 of a scan or recording in hex; the file itself stays where it is."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
