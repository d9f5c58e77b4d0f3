"""All words as they are in force at one time: those that ship, and what was published over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.vocabulary import Vocabulary
from bot.errors import ScriptError
from bot.scripts.item import Changes, Slot, as_shipped, intent_of, with_content
from bot.scripts.script import Script, Scripts
from bot.scripts.shipped import Lists, Shipped, load_vocabulary
from bot.text.language import Language


@dataclass(frozen=True)
class Edition:
    """The scripts and keywords of one publication; none (None) is what ships alone.

    `changes` lie over what ships. Those that do not fit it any more, since git has moved on, are
    left out; `left_out` says which and why, a sentence each.
    """

    shipped: Shipped
    scripts: Scripts
    keywords: Lists
    vocabulary: Vocabulary
    changes: Changes
    publication: int | None = None
    left_out: tuple[str, ...] = ()

    def with_changes(self, changes: Changes) -> "Edition":
        """What this would be with more changes, be they fit or not; of no publication yet."""
        changed = {**self.changes, **changes}
        return build(self.shipped, changed, self.publication, self, whole=True)

    def content(self, slot: Slot) -> Mapping[str, Any]:
        """What is in force for a key; ScriptRefused for one that nobody says."""
        return self.changes.get(slot) or as_shipped(self.shipped, slot)


def as_it_ships(shipped: Shipped) -> Edition:
    """The edition without a publication."""
    vocabulary = load_vocabulary(shipped.folder)
    return Edition(shipped, shipped.scripts, shipped.keywords, vocabulary, {})


def build(
    shipped: Shipped,
    changes: Changes,
    publication: int | None = None,
    near: Edition | None = None,
    whole: bool = False,
) -> Edition:
    """The edition with these changes; `near`, one that it resembles, saves reading all keywords.

    A `whole` one, to be checked, has scripts too that nothing fills.
    """
    scripts = dict(shipped.scripts)
    left_out: list[str] = []
    for slot, content in changes.items():
        if content is None or intent_of(slot[0]):
            continue
        if why := _misfit(slot, shipped.scripts, content, whole):
            left_out.append(f"{slot[0]} in {slot[1]} is said as it ships, for {why}.")
        else:
            scripts[slot] = with_content(shipped.scripts[slot], content)
    lists = keywords_with(shipped, changes)
    try:
        vocabulary = _vocabulary(shipped, lists, near)
    except ScriptError as error:
        left_out.append(f"The keywords are those that ship, for: {error}")
        lists, vocabulary = shipped.keywords, load_vocabulary(shipped.folder)
    return Edition(shipped, scripts, lists, vocabulary, changes, publication, tuple(left_out))


def keywords_with(shipped: Shipped, changes: Changes) -> Lists:
    """The keywords that ship, with the changes to them."""
    lists = {language: dict(named) for language, named in shipped.keywords.items()}
    for (key, language), content in changes.items():
        name = intent_of(key)
        if name in lists[language] and content is not None:
            lists[language][name] = tuple(content["words"])
    return lists


# What is filled in whoever says a script.
EVERYWHERE = frozenset({"brand", "legal_name", "support_phone", "contact", "opt_out_url"})


def allowed(script: Script, shipped: Scripts) -> frozenset[str]:
    """The placeholders that a script's text may have: those that ship in it, what is filled
    besides, and what every script may say."""
    twins = (shipped.get((script.key, language)) for language in Language)
    return EVERYWHERE.union(*(one.placeholders | one.offers for one in twins if one))


def _vocabulary(shipped: Shipped, lists: Lists, near: Edition | None) -> Vocabulary:
    if lists == shipped.keywords:
        return load_vocabulary(shipped.folder)
    return near.vocabulary if near and near.keywords == lists else shipped.vocabulary(lists)


def _misfit(slot: Slot, shipped: Scripts, content: Mapping[str, Any], whole: bool) -> str | None:
    if slot not in shipped:
        return "nobody says it any more"
    if whole:
        return None
    changed = with_content(shipped[slot], content)
    unknown = changed.placeholders - allowed(changed, shipped)
    return f"nothing fills {{{min(unknown)}}} any more" if unknown else None
