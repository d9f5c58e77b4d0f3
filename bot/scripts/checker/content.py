"""What a script must say, and must not: who writes, how to stop, threats, debts, replies."""

from collections.abc import Iterator

import regex

from bot.dialogue.vocabulary import Intent
from bot.scripts.checker import wording
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.checker.replies import needs_reply
from bot.scripts.script import Script, Tag
from bot.scripts.sentence import Sentence
from bot.text.language import Language
from bot.text.normalize import normalize

OPT_OUT = "opt_out_url"
# Of these the gate wants one in every advertisement, as countries/*.yaml tell it.
OF_GATE = ("配信停止", "STOP")
TELLS_AMOUNT = frozenset({"amount", "due_date"})
REACHABLE = frozenset({"contact", "support_phone"})
_QUOTED = regex.compile(r"「([^「」{}]{1,20})」")
# What people are told to write, which tells nothing of them.
_EXAMPLE = regex.compile(r"「[^「」]{1,20}」|for example [\d,]+ ?\w+", regex.I)
_CAPITALS = regex.compile(r"(?<![\w{.-])[A-Z]{2,}(?: [A-Z]{2,})*(?![\w}-])")
# Capitals that nobody is told to write.
_NO_KEYWORDS = frozenset({"SMS", "ID", "URL", "ATM", "PIN", "OK", "JST", "AM", "PM", "USD", "JPY"})


def sender(context: Context, script: Script) -> Iterator[Finding]:
    """A message that does not say who writes."""
    if "brand" not in script.placeholders:
        yield _error("brand", script, Sentence("brand", placeholder="{brand}"))


def stop(context: Context, script: Script) -> Iterator[Finding]:
    """A first message or an advertisement that does not say how to stop."""
    if script.tags & {Tag.FIRST, Tag.PROMOTIONAL} and not _tells_stop(context, script):
        word = "「配信停止」" if script.language is Language.JA else "STOP"
        words = Sentence("stop_instruction", word=word, placeholder=f"{{{OPT_OUT}}}")
        yield _error("stop_instruction", script, words)
    elif Tag.PROMOTIONAL in script.tags and not any(word in script.text for word in OF_GATE):
        words = Sentence("stop_of_gate", words=" / ".join(OF_GATE))
        yield _error("stop_instruction", script, words)


def promotional(context: Context, script: Script) -> Iterator[Finding]:
    """An advertisement without the company's legal name or a way to reach it."""
    if Tag.PROMOTIONAL not in script.tags:
        return
    name = context.surroundings.names[script.language].get("legal_name", "")
    if "legal_name" not in script.placeholders and not (name and name in script.text):
        words = Sentence("legal_name", placeholder="{legal_name}")
        yield _error("legal_name", script, words)
    if not script.placeholders & (REACHABLE | {OPT_OUT, "url"}):
        yield _error("contact", script, Sentence("contact", placeholder="{contact}"))


def threats(context: Context, script: Script) -> Iterator[Finding]:
    """Words that sound like a fraud, or frighten."""
    for word in wording.found("threats", script.text, script.language):
        words = Sentence("threat", word=word)
        yield Finding(Severity.WARNING, "threat", script.key, script.language, words)


def debts(context: Context, script: Script) -> Iterator[Finding]:
    """Amounts and debts, told to who may be somebody else."""
    if Tag.VERIFIED in script.tags:
        return
    told = [f"{{{name}}}" for name in sorted(script.placeholders & TELLS_AMOUNT)]
    said = _EXAMPLE.sub("", script.text)
    told += [*wording.amounts(said), *wording.found("debts", said, script.language)]
    if Tag.UNVERIFIED in script.tags:
        told += wording.found("money", said, script.language)
    if told:
        yield _error("debt", script, Sentence("debt", word=told[0]))


def replies(context: Context, script: Script) -> Iterator[Finding]:
    """An invitation to reply from a number whose replies are lost, or dear."""
    if not needs_reply(script.text, script.language):
        return
    for one in context.surroundings.senders:
        if one.receives and not one.foreign:
            continue
        told = {"number": one.number, "placeholder": f"{{{OPT_OUT}}}"}
        words = Sentence("reply_dear" if one.receives else "reply_lost", **told)
        yield Finding(Severity.WARNING, "reply", script.key, script.language, words)


def taught(context: Context, script: Script) -> Iterator[Finding]:
    """Keywords that a text teaches, and the bot does not know."""
    for word in _taught(script):
        form = normalize(word)
        known = context.edition.vocabulary
        if known.entry(form) or form in known.back or form in known.narrow:
            continue
        if form not in context.flow_keywords:
            words = Sentence("keyword", word=word)
            yield Finding(Severity.WARNING, "keyword", script.key, script.language, words)


def _tells_stop(context: Context, script: Script) -> bool:
    vocabulary = context.edition.vocabulary
    entries = (vocabulary.entry(normalize(word)) for word in _taught(script))
    told = any(entry and entry.intent is Intent.STOP for entry in entries)
    return told or OPT_OUT in script.placeholders


def _taught(script: Script) -> Iterator[str]:
    """The words that a text says to write; one with a figure is an example of a date or number."""
    if script.language is Language.JA:
        words = (quoted[1] for quoted in _QUOTED.finditer(script.text))
    else:
        words = (capitals[0] for capitals in _CAPITALS.finditer(script.text))
    for word in words:
        if word not in _NO_KEYWORDS and not any(map(str.isdecimal, word)):
            yield word


def _error(rule: str, script: Script, words: Sentence) -> Finding:
    return Finding(Severity.ERROR, rule, script.key, script.language, words)
