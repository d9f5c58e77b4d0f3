"""Whether a script stays short enough with real values, and can be encoded everywhere."""

from collections.abc import Iterator, Sequence

from bot.scripts.about import Size
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.script import Script
from bot.scripts.sentence import Sentence, Sentences
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
            told = {"size": Sentence(f"size_{size}"), "units": said.units, "most": most}
            words = Sentence("too_long", **told)
            yield Finding(Severity.ERROR, "too_long", script.key, script.language, words)
            return
        if script.max_segments and said.segments > script.max_segments:
            severity = Severity.ERROR if size is Size.TYPICAL else Severity.WARNING
            words = Sentence(
                "segments",
                size=Sentence(f"size_{size}"),
                segments=said.segments,
                units=said.units,
                most=script.max_segments,
            )
            yield Finding(severity, "segments", script.key, script.language, words)
            return


def encoding(context: Context, script: Script) -> Iterator[Finding]:
    """Letters that double the length of an English text, or that some gateways cannot send."""
    said = context.body(script, Size.TYPICAL)
    if script.language is Language.EN and (dear := letters.forcing_ucs_2(said)):
        words = Sentence("ucs_2", letters=_listed(dear))
        yield Finding(Severity.WARNING, "ucs_2", script.key, script.language, words)
    elif lost := letters.outside_iso_2022_jp(said):
        words = Sentence("iso_2022_jp", letters=_listed(lost))
        yield Finding(Severity.WARNING, "iso_2022_jp", script.key, script.language, words)


def _listed(found: Sequence[Letter]) -> Sentences:
    return Sentences(map(_told, found[:SHOWN]))


def _told(letter: Letter) -> Sentence:
    told = {"letter": letter.shown, "code": letter.code, "at": letter.at}
    if letter.instead:
        return Sentence("letter_instead", **told, instead=letter.instead)
    return Sentence("letter", **told)
