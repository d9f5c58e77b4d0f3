"""What people may agree to: each purpose with its type, frequency and wording, version by version.

The documents are YAML files in git under `purposes/`; the newest version stands first.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ScriptError
from bot.settings import ROOT
from bot.text.language import Language

FOLDER = ROOT / "purposes"
# What the bot's own question of consent asks for, and what START agrees to.
MAIN = "billing"

Texts = Mapping[Language, str]


class PurposeType(StrEnum):
    """Whether a purpose serves a contract or advertises; the law asks more of the latter."""

    TRANSACTIONAL = "transactional"
    PROMOTIONAL = "promotional"


@dataclass(frozen=True)
class Document:
    """One version of a purpose: what people read before they agree."""

    key: str
    type: PurposeType
    version: str
    title: Texts
    frequency: Texts
    wording: Texts

    @property
    def reference(self) -> str:
        """What the ledger keeps: the version and 12 hex digits of the SHA-256 of its words."""
        words = {"title": self.title, "frequency": self.frequency, "wording": self.wording}
        plain = json.dumps([self.type, words], ensure_ascii=False, sort_keys=True)
        return f"{self.version}-{hashlib.sha256(plain.encode()).hexdigest()[:12]}"


Purposes = Mapping[str, tuple[Document, ...]]


@cache
def shipped() -> Purposes:
    """The purposes that ship with git."""
    return load(FOLDER)


def load(folder: Path) -> Purposes:
    """Every purpose of a folder, newest version first.

    Raises ScriptError naming the file where a document is incomplete or a version stands twice.
    """
    return {file.stem: _documents(file) for file in sorted(folder.glob("*.yaml"))}


def current(purposes: Purposes, key: str) -> Document:
    """The version that is shown today; ScriptError for a purpose that does not exist."""
    if key not in purposes:
        raise ScriptError(f"There is no purpose {key}; there are: {', '.join(purposes)}.")
    return purposes[key][0]


def find(purposes: Purposes, key: str, reference: str) -> Document | None:
    """The document that the ledger refers to; None where its words were edited since."""
    return next((one for one in purposes.get(key, ()) if one.reference == reference), None)


def _documents(file: Path) -> tuple[Document, ...]:
    try:
        content = YAML(typ="safe").load(file.read_text("utf-8"))
        kind = PurposeType(content["type"])
        documents = tuple(_document(file.stem, kind, one) for one in content["versions"])
    except (YAMLError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ScriptError(f"{file} is no purpose: {str(error).splitlines()[0]}") from None
    if not documents or len({one.version for one in documents}) < len(documents):
        raise ScriptError(f"{file} has no version, or one twice.")
    return documents


def _document(key: str, kind: PurposeType, content: dict[str, Any]) -> Document:
    version = content["version"]
    if not isinstance(version, str):
        raise TypeError("a version needs quotes")
    title, frequency, wording = (
        _texts(content[name]) for name in ("title", "frequency", "wording")
    )
    return Document(key, kind, version, title, frequency, wording)


def _texts(content: dict[str, str]) -> Texts:
    return {language: str(content[language]) for language in Language}
