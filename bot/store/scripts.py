"""The reply scripts and keywords shipped as YAML files under `locales/`, checked when loaded."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.dialogue.flow import DONE, START, Flow
from bot.dialogue.lexicon import Lexicon
from bot.dialogue.statistics import Model
from bot.dialogue.vocabulary import Vocabulary
from bot.errors import ScriptError, TemplateError
from bot.text import template
from bot.text.language import Language

LOCALES = Path(__file__).resolve().parent.parent.parent / "locales"
KEYWORDS = "keywords"
GRAMMAR = "grammar"
MODEL = "statistics.json"


@dataclass(frozen=True)
class Script:
    """One reply in one language; `revision` names exactly these words."""

    key: str
    language: Language
    text: str
    note: str = ""
    max_segments: int | None = None

    @property
    def revision(self) -> str:
        """The first 12 hex digits of the text's SHA-256."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


Scripts = Mapping[tuple[str, Language], Script]


def load(folders: Iterable[Path]) -> Scripts:
    """Every script of these locale folders, each with `ja/` and `en/`.

    Raises ScriptError naming file and key when a script is malformed, exists twice, lacks its
    translation or has other placeholders in it.
    """
    scripts: dict[tuple[str, Language], Script] = {}
    for script in _read_all(folders):
        if (script.key, script.language) in scripts:
            raise ScriptError(f"{script.language}: the script {script.key} exists twice.")
        scripts[script.key, script.language] = script
    for script in scripts.values():
        _check_translations(script, scripts)
    return scripts


@lru_cache
def load_vocabulary(folder: Path) -> Vocabulary:
    """The words of both languages; ScriptError for a list that contradicts itself.

    Read once in a process: it takes a third of a second.
    """
    return Vocabulary.of(
        {language: _read(folder / language / f"{KEYWORDS}.yaml") for language in Language},
        {language: _lexicon(folder, language) for language in Language},
        _model(folder),
    )


def _model(folder: Path) -> Model | None:
    file = folder / MODEL
    return Model.load(file) if file.exists() else None


def _lexicon(folder: Path, language: Language) -> Lexicon:
    kinds = _read(folder / language / f"{GRAMMAR}.yaml")
    return Lexicon({kind: str(words).split(",") for kind, words in kinds.items()}, language)


def check_flow(flow: Flow, scripts: Scripts) -> None:
    """ScriptError when a state of the flow has nothing to say in some language."""
    for state in set(flow.states) - {START, DONE}:
        for language in Language:
            if (f"{flow.name}.{state}", language) not in scripts:
                raise ScriptError(
                    f"The flow {flow.name} needs the script {state} in {language}/{flow.name}.yaml."
                )


def _read_all(folders: Iterable[Path]) -> Iterator[Script]:
    for folder in folders:
        for language in Language:
            if not (folder / language).is_dir():
                raise ScriptError(f"{folder} has no folder {language}/.")
            for file in sorted((folder / language).glob("*.yaml")):
                if file.stem not in {KEYWORDS, GRAMMAR}:
                    yield from _scripts_of(file, language)


def _scripts_of(file: Path, language: Language) -> Iterator[Script]:
    for name, entry in _read(file).items():
        key = f"{file.stem}.{str(name).removeprefix(file.stem + '.')}"
        yield _script(key, language, entry if isinstance(entry, dict) else {"text": entry})


def _script(key: str, language: Language, entry: dict[str, Any]) -> Script:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ScriptError(f"{language}: {key} needs a text in quotes.")
    try:
        template.check(text)
    except TemplateError as error:
        raise ScriptError(f"{language}: {key}: {error}") from None
    limit = entry.get("max_segments")
    return Script(key, language, text, str(entry.get("note", "")), limit and int(limit))


def _check_translations(script: Script, scripts: Scripts) -> None:
    for language in Language:
        twin = scripts.get((script.key, language))
        if twin is None:
            raise ScriptError(f"The script {script.key} is missing in {language}.")
        if template.placeholders(twin.text) != template.placeholders(script.text):
            raise ScriptError(f"The script {script.key} has other placeholders in {language}.")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = _parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ScriptError(f"{file} cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(content, dict):
        raise ScriptError(f"{file} must be a list of keys, each with its text.")
    return content


@lru_cache(maxsize=256)
def _parse(text: str) -> Any:
    """A file of these takes milliseconds, and a process reads the same words again and again."""
    return YAML(typ="safe").load(text)
