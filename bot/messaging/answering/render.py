"""From a reply (a key and values) to the exact words that leave, with their length."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.turn import Reply
from bot.errors import ScriptError
from bot.scripts.edition import Edition
from bot.scripts.script import Script, Scripts
from bot.senders.company import Company
from bot.text import segments, template
from bot.text.format import shown
from bot.text.language import Language

# Stands for {name} where no name is known.
NAMELESS = "common.nameless"


@dataclass(frozen=True)
class Rendered:
    """A message ready to leave, and where its words come from."""

    key: str
    language: Language
    revision: str
    body: str
    encoding: str
    segments: int
    publication: int | None = None


def render(
    reply: Reply, language: Language, edition: Edition, company: Company, place: str = ""
) -> Rendered | None:
    """Fill a script with its values; None where the reply may stay unsaid and has no script.

    `place` is the name of the recipient's country, which may have a script of its own:
    us.common.help instead of common.help. Who has no name is addressed as a customer. Raises
    ScriptError for a key without a script, TemplateError for a missing value.
    """
    script = _script(reply, language, edition.scripts, place)
    if script is None:
        return None
    values = {**of_company(language, edition.scripts, company), **reply.values}
    if not values.get("name", True):
        values["name"] = edition.scripts[NAMELESS, language].text
    body = segments.outgoing(fill(script.text, language, values))
    counted = segments.count(body)
    return Rendered(
        script.key.removeprefix(f"{place}."),
        language,
        script.revision,
        body,
        counted.encoding,
        counted.segments,
        edition.publication,
    )


def placeholders(
    reply: Reply, language: Language, scripts: Scripts, place: str = ""
) -> frozenset[str]:
    """The names of the values that a reply's script asks for; ScriptError as in `render`."""
    script = _script(reply, language, scripts, place)
    return template.placeholders(script.text) if script else frozenset()


def fill(text: str, language: Language, values: Mapping[str, object]) -> str:
    """Put values into a text, each in the form its language gives it."""
    return template.render(text, {name: shown(value, language) for name, value in values.items()})


def _script(reply: Reply, language: Language, scripts: Scripts, place: str) -> Script | None:
    for key in filter(None, (reply.key, reply.otherwise)):
        for name in (f"{place}.{key}", key):
            if script := scripts.get((name, language)):
                return script
    if reply.unless_missing:
        return None
    raise ScriptError(f"There is no script {reply.key} in {language}.")


def of_company(language: Language, scripts: Scripts, company: Company) -> dict[str, object]:
    """The placeholders that every script may use."""
    contact = "common.call_us" if company.support_phone else "common.write_to_us"
    known: dict[str, object] = {
        "brand": company.brand(language),
        "legal_name": company.legal_name,
        "support_phone": company.support_phone,
    }
    return {**known, "contact": fill(scripts[contact, language].text, language, known)}
