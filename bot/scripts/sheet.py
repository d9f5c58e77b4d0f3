"""A YAML file of words, read strictly: every value with its line, and nothing guessed.

Read as YAML 1.1 would: what other programs take for a truth value, a number or a date (`no`,
`0123`, `2026-01-02`) is refused without quotes, and its line is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import ScriptError

_STRING = "tag:yaml.org,2002:str"
_KINDS = {
    "bool": "a truth value",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
}


@dataclass(frozen=True)
class Place:
    """Where something stands: a file and a line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class Value:
    """A value of a sheet with its place."""

    place: Place
    _node: Node

    def text(self, name: str) -> str:
        """The text that this must be; ScriptError says what to write instead."""
        node = self._node
        if not isinstance(node, ScalarNode):
            raise ScriptError(f"{self.place}: {name} needs a text in quotes, and no list.")
        if node.tag != _STRING or (node.style is None and not node.value):
            raise ScriptError(f"{self.place}: {name} needs a text in quotes: {_quoted(node)}.")
        return str(node.value)

    def number(self, name: str) -> int | None:
        """The whole number that this must be; None where nothing stands there."""
        value = str(getattr(self._node, "value", ""))
        if isinstance(self._node, ScalarNode) and not value:
            return None
        if not isinstance(self._node, ScalarNode) or not value.isascii() or not value.isdigit():
            raise ScriptError(f"{self.place}: {name} must be a whole number, such as 1.")
        return int(value)

    @property
    def is_mapping(self) -> bool:
        """Whether it has entries of its own."""
        return isinstance(self._node, MappingNode)

    def entries(self, name: str) -> Mapping[str, "Value"]:
        """Its entries by key; ScriptError where it has none, or one of them twice."""
        if not isinstance(self._node, MappingNode):
            raise ScriptError(f"{self.place}: {name} must be a list of keys, each with its text.")
        found: dict[str, Value] = {}
        for key_node, node in self._node.value:
            key = Value(self._at(key_node), key_node).text(f"the key {key_node.value}")
            if key in found:
                raise ScriptError(f"{self._at(key_node)}: {key} stands here twice; delete one.")
            found[key] = Value(self._at(node), node)
        return found

    def items(self, name: str) -> Iterator["Value"]:
        """The items of a list."""
        if not isinstance(self._node, SequenceNode):
            raise ScriptError(f"{self.place}: {name} must be a list, each word after a dash.")
        yield from (Value(self._at(node), node) for node in self._node.value)

    def _at(self, node: Node) -> Place:
        return Place(self.place.file, node.start_mark.line + 1)


def read(file: Path) -> Mapping[str, Value]:
    """The entries of a file; ScriptError, with the line, for one that cannot be read."""
    try:
        return parse(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{file} cannot be read: {str(error).splitlines()[0]}") from None


@lru_cache(maxsize=256)
def parse(text: str, file: str) -> Mapping[str, Value]:
    """The entries of a file's text; a process reads the same words again and again."""
    yaml = YAML()
    yaml.version = (1, 1)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptError(f"{file}, line {line} cannot be read: {error.problem}.") from None
    except YAMLError as error:
        raise ScriptError(f"{file} cannot be read: {str(error).splitlines()[0]}") from None
    whole = Value(Place(file, 1), node or ScalarNode(_STRING, ""))
    return whole.entries("the file")


def _quoted(node: ScalarNode) -> str:
    kind = _KINDS.get(str(node.tag).rpartition(":")[2], "something else")
    if not node.value:
        return "it is empty"
    return f'write "{node.value}", for YAML takes {node.value} for {kind}'
