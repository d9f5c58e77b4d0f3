"""The scripts and keywords shipped as YAML files under `locales/`, checked when loaded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Never

from bot.dialogue.flow import DONE, START, Flow
from bot.dialogue.lexicon import Lexicon
from bot.dialogue.statistics import Model
from bot.dialogue.vocabulary import Vocabulary
from bot.errors import ScriptError, TemplateError
from bot.scripts import about, sheet, written
from bot.scripts.about import About, Examples
from bot.scripts.script import Script, Scripts
from bot.scripts.sheet import Value
from bot.text.language import Language

LOCALES = Path(__file__).resolve().parent.parent.parent / "locales"
KEYWORDS = "keywords"
GRAMMAR = "grammar"
MODEL = "statistics.json"
FIELDS = frozenset({"text", "note", "max_segments"})

NOTHING: frozenset[Never] = frozenset()
Refuse = Callable[[ScriptError], None]
# By language and intent, in the order of the file.
Lists = Mapping[Language, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Shipped:
    """The words as git has them: what publications lie over."""

    scripts: Scripts
    keywords: Lists
    folder: Path = LOCALES
    examples: Mapping[tuple[str, Language], Examples] = field(default_factory=dict)
    meanings: Mapping[tuple[str, Language], str] = field(default_factory=dict)

    def vocabulary(self, lists: Lists) -> Vocabulary:
        """The vocabulary with these keywords; ScriptError for lists that contradict themselves."""
        lexicons = {language: _lexicon(self.folder, language) for language in Language}
        return Vocabulary.of(lists, lexicons, _model(self.folder))


def load(folders: Iterable[Path]) -> Scripts:
    """Every script of these locale folders, each with `ja/` and `en/`.

    Raises ScriptError naming file, line and key when a script is malformed, exists twice, lacks
    its translation or has other placeholders in it.
    """
    scripts = collect(folders, _raise)
    for script in scripts.values():
        check_translations(script, scripts)
    return scripts


def load_all(folders: Iterable[Path]) -> Shipped:
    """The scripts of these folders and the keywords that ship; ScriptError as in `load`."""
    words = read_all(list(folders))
    for script in words.scripts.values():
        check_translations(script, words.scripts)
    return words


def read_all(folders: Sequence[Path]) -> Shipped:
    """The same, be they complete or not, for the checker."""
    told = [about.read(one) for one in folders]
    examples = {name: found for one in told for name, found in one.examples.items()}
    meanings = {name: found for one in told for name, found in one.meanings.items()}
    return Shipped(collect(folders, _raise), keyword_lists(LOCALES), LOCALES, examples, meanings)


def collect(folders: Iterable[Path], refuse: Refuse) -> Scripts:
    """Every script that can be read; each that cannot is handed to `refuse`."""
    scripts: dict[tuple[str, Language], Script] = {}
    for folder in folders:
        told = about.read(folder)
        for language in Language:
            for script in _in_folder(folder / language, language, refuse):
                if (script.key, language) in scripts:
                    refuse(ScriptError(f"{language}: the script {script.key} exists twice."))
                scripts[script.key, language] = _with(script, told)
        for key in sorted({*told.tags, *told.offers} - {key for key, _ in scripts}):
            refuse(ScriptError(f"{folder / about.FILE} tells of {key}, which is no script."))
    return scripts


def _with(script: Script, told: About) -> Script:
    """What is told of a key holds for the words that a country has of its own for it, too."""
    everywhere = script.key.partition(".")[2]
    tags = told.tags.get(script.key) or told.tags.get(everywhere, NOTHING)
    offers = told.offers.get(script.key) or told.offers.get(everywhere, NOTHING)
    return replace(script, tags=tags, offers=offers)


@lru_cache
def load_vocabulary(folder: Path) -> Vocabulary:
    """The words of both languages; ScriptError for a list that contradicts itself.

    Read once in a process: it takes a third of a second.
    """
    lists = keyword_lists(folder)
    return Shipped({}, lists, folder).vocabulary(lists)


def keyword_lists(folder: Path) -> Lists:
    """The keywords of both languages by intent; ScriptError, with the line, for a wrong one."""
    return {
        language: {
            name: tuple(word.text(f"a word of {name}") for word in words.items(name))
            for name, words in sheet.read(folder / language / f"{KEYWORDS}.yaml").items()
        }
        for language in Language
    }


@lru_cache
def _model(folder: Path) -> Model | None:
    file = folder / MODEL
    return Model.load(file) if file.exists() else None


@lru_cache
def _lexicon(folder: Path, language: Language) -> Lexicon:
    kinds = sheet.read(folder / language / f"{GRAMMAR}.yaml")
    return Lexicon({kind: words.text(kind).split(",") for kind, words in kinds.items()}, language)


def check_flow(flow: Flow, scripts: Scripts) -> None:
    """ScriptError when a state of the flow has nothing to say in some language."""
    for state in set(flow.states) - {START, DONE}:
        for language in Language:
            if (f"{flow.name}.{state}", language) not in scripts:
                raise ScriptError(
                    f"The flow {flow.name} needs the script {state} in {language}/{flow.name}.yaml."
                )


def check_translations(script: Script, scripts: Scripts) -> None:
    """ScriptError where a script has no counterpart, or one with other placeholders."""
    for language in Language:
        twin = scripts.get((script.key, language))
        if twin is None:
            raise ScriptError(f"The script {script.key} is missing in {language}.")
        if twin.placeholders != script.placeholders:
            raise ScriptError(f"The script {script.key} has other placeholders in {language}.")


def _raise(error: ScriptError) -> None:
    raise error


def _in_folder(folder: Path, language: Language, refuse: Refuse) -> Iterator[Script]:
    if not folder.is_dir():
        refuse(ScriptError(f"{folder.parent} has no folder {language}/."))
    for file in sorted(folder.glob("*.yaml")):
        if file.stem not in {KEYWORDS, GRAMMAR}:
            yield from _in_file(file, language, refuse)


def _in_file(file: Path, language: Language, refuse: Refuse) -> Iterator[Script]:
    try:
        entries = sheet.read(file)
    except ScriptError as error:
        refuse(error)
        return
    for name, value in entries.items():
        key = f"{file.stem}.{name.removeprefix(file.stem + '.')}"
        try:
            yield _script(key, language, value)
        except ScriptError as error:
            refuse(error)


def _script(key: str, language: Language, value: Value) -> Script:
    entry = value.entries(key) if value.is_mapping else {"text": value}
    if unknown := entry.keys() - FIELDS:
        known = ", ".join(sorted(FIELDS))
        raise ScriptError(f"{value.place}: {key} has {min(unknown)}; it may have {known}.")
    if "text" not in entry:
        raise ScriptError(f"{value.place}: {key} needs a text in quotes.")
    text, limit = entry["text"].text(key), entry.get("max_segments")
    try:
        written.check(text)
    except TemplateError as error:
        raise ScriptError(f"{entry['text'].place}: {key}: {error}") from None
    note = entry["note"].text(f"the note of {key}") if "note" in entry else ""
    most = limit.number(f"max_segments of {key}") if limit else None
    return Script(key, language, text, note, most)
