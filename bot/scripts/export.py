"""Words from the database into the YAML files of git and back; nothing else of a file changes.

A file keeps its comments, quotes and order: only the texts and lists that differ are written.
"""

from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import ScalarString

from bot.errors import ScriptRefused
from bot.scripts import shipped
from bot.scripts.edition import Edition
from bot.scripts.item import Changes, Slot, intent_of, text_content, words_content
from bot.scripts.shipped import KEYWORDS

# A line is as long as its text.
NEVER_WRAPPED = 1_000_000


def export(edition: Edition, folders: Sequence[Path]) -> list[Path]:
    """Write what an edition says into the files of these folders; returns those that changed.

    ScriptRefused where no file has a key.
    """
    wanted: dict[Path, dict[Slot, Mapping[str, Any]]] = {}
    for slot in sorted(edition.changes):
        wanted.setdefault(_file(folders, slot), {})[slot] = edition.content(slot)
    written = {file: _rewritten(file, contents) for file, contents in wanted.items()}
    changed = [file for file, text in written.items() if text != _bytes(file)]
    for file in changed:
        file.write_bytes(written[file])
    return changed


def differing(edition: Edition, folders: Sequence[Path]) -> Changes:
    """What the files of these folders say otherwise than an edition: what an import would change.

    ScriptError, with the line, for a file that cannot be read.
    """
    scripts = shipped.load(folders)
    with_lists = (one for one in folders if (one / "ja" / f"{KEYWORDS}.yaml").exists())
    lists = next(map(shipped.keyword_lists, with_lists), {})
    contents: dict[Slot, Mapping[str, Any]] = {}
    for slot, script in scripts.items():
        contents[slot] = text_content(script.text, script.note)
    for language, named in lists.items():
        for name, words in named.items():
            contents[f"{KEYWORDS}.{name}", language] = words_content(words)
    return {slot: content for slot, content in contents.items() if edition.content(slot) != content}


def _file(folders: Sequence[Path], slot: Slot) -> Path:
    """Where a key stands; where it would in the first folder, if it stands nowhere."""
    key, language = slot
    files = [folder / language / f"{key.partition('.')[0]}.yaml" for folder in folders]
    return next((file for file in files if file.exists()), files[0])


def _rewritten(file: Path, contents: Mapping[Slot, Mapping[str, Any]]) -> bytes:
    if not file.exists():
        raise ScriptRefused(f"There is no {file} to write {min(contents)[0]} into.")
    before = _bytes(file).decode("utf-8")
    yaml = _round_trip("\r\n" if "\r\n" in before else "\n")
    whole = yaml.load(before)
    for (key, _), content in contents.items():
        _put(whole, key, content, file)
    out = StringIO(newline="")
    yaml.dump(whole, out)
    return out.getvalue().encode("utf-8")


def _round_trip(line_break: str) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = NEVER_WRAPPED
    yaml.line_break = line_break  # type: ignore[assignment]
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _put(whole: CommentedMap, key: str, content: Mapping[str, Any], file: Path) -> None:
    name = key.partition(".")[2]
    found = next((one for one in (name, key) if one in whole), None)
    if found is None:
        raise ScriptRefused(f"{file} has no {name}.")
    if intent_of(key):
        _put_words(whole[found], content["words"])
    elif isinstance(whole[found], CommentedMap):
        _put_text(whole[found], "text", content["text"])
        if content["note"] or "note" in whole[found]:
            _put_text(whole[found], "note", content["note"])
    else:
        _put_text(whole, found, content["text"])


def _put_text(entry: CommentedMap, name: str, text: str) -> None:
    """In the quotes that it has, where it has any."""
    before = entry.get(name)
    if before != text:
        entry[name] = type(before)(text) if isinstance(before, ScalarString) else text


def _put_words(words: CommentedSeq, wanted: list[str]) -> None:
    for at in reversed(range(len(words))):
        if words[at] not in wanted:
            del words[at]
    for at, word in enumerate(wanted):
        if at >= len(words) or words[at] != word:
            if word in words:
                words.remove(word)
            words.insert(at, word)


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
