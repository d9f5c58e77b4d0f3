"""Whether a script stays short enough with real values, and can be encoded everywhere."""

from collections.abc import Iterator, Sequence

from bot.scripts.about import Size
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.script import Script
from bot.text import letters, segments
from bot.text.language import Language
from bot.text.letters import Letter

# What goes from one Japanese carrier to another as one message, and ten segments of GSM-7.
LONGEST = {"UCS-2": 660, "GSM-7": 1530}
SHOWN = 5


def length(context: Context, script: Script) -> Iterator[Finding]:
    """More segments than the script may have, or more than carriers take at all."""
    for size in (Size.TYPICAL, Size.LONGEST):
        said = segments.count(context.body(script, size))
        if said.units > (most := LONGEST[said.encoding]):
            words = f"With {size} values it has {said.units} characters; carriers take {most}."
            yield Finding(Severity.ERROR, "too_long", script.key, script.language, words)
            return
        if script.max_segments and said.segments > script.max_segments:
            severity = Severity.ERROR if size is Size.TYPICAL else Severity.WARNING
            words = (
                f"With {size} values it takes {said.segments} segments ({said.units} characters);"
                f" it may take {script.max_segments}."
            )
            yield Finding(severity, "segments", script.key, script.language, words)
            return


def encoding(context: Context, script: Script) -> Iterator[Finding]:
    """Letters that double the length of an English text, or that some gateways cannot send."""
    said = context.body(script, Size.TYPICAL)
    if script.language is Language.EN and (dear := letters.forcing_ucs_2(said)):
        words = f"A segment holds 70 letters instead of 160 because of {_listed(dear)}."
        yield Finding(Severity.WARNING, "ucs_2", script.key, script.language, words)
    elif lost := letters.outside_iso_2022_jp(said):
        words = f"Gateways limited to ISO-2022-JP cannot send {_listed(lost)}."
        yield Finding(Severity.WARNING, "iso_2022_jp", script.key, script.language, words)


def _listed(found: Sequence[Letter]) -> str:
    return ", ".join(
        f"{letter}, write {letter.instead}" if letter.instead else str(letter)
        for letter in found[:SHOWN]
    )
