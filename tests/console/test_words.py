"""The console's texts: complete in both languages, used, and no template speaks for itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from bot.alerts import Kind
from bot.audit import Act
from bot.campaigns import offering
from bot.campaigns.campaign import CampaignKind, CampaignState, RecipientStatus, TextPolicy
from bot.compliance.ledger import Method
from bot.dialogue import picture
from bot.dialogue.effects import Consent
from bot.dialogue.flow import DONE, START, TRIGGERS
from bot.dialogue.holds import HoldKind
from bot.dialogue.vocabulary import Intent
from bot.messaging import gate
from bot.messaging.grounds import MessageClass
from bot.messaging.sending.undecided import Trouble
from bot.overview import record
from bot.overview.filters import Filters, State
from bot.overview.queues import Queue
from bot.payments import timeline
from bot.rehearsal import personas
from bot.scripts import gallery
from bot.scripts.about import Size
from bot.scripts.checker import billing, check
from bot.scripts.checker.finding import Severity
from bot.scripts.drafts import State as DraftState
from bot.scripts.script import Tag
from bot.staff.roles import Role
from bot.text.language import Language
from console import audit, screens
from console.conversations import facts
from console.conversations import record as page_of_record
from console.exports import file
from flows import FLOWS

CONSOLE = screens.WORDS.parent
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
# The one block that stands within a tag: names of classes.
_WIDTH = re.compile(r"\{% block width %\}[\w -]*\{% endblock %\}")
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"{]*[^\W\d_][^"{]*)"')
# Examples that are the same in every language.
SAME = {"192.0.2.0/24", "balance.told", "Mon-Fri 10:00-17:00"}

RULES = {
    rule
    for file in Path(check.__file__).parent.glob("*.py")
    for rule in re.findall(
        r'(?:_error\(|Finding\(Severity\.\w+, |severity, )"(\w+)"', file.read_text("utf-8")
    )
}

NAMED: Mapping[str, Iterable[str]] = {
    "act": Act,
    "by": ("bot", "carrier", "staff", "person", "clock"),
    "campaign_kind": CampaignKind,
    "campaign_message": Language,
    "campaign_state": CampaignState,
    "recipient": RecipientStatus,
    "text_policy": TextPolicy,
    "class": MessageClass,
    "column": file.COLUMNS,
    "consent": Consent,
    "filter": (*(each.name for each in fields(Filters)), *audit.ASKED),
    "delivery": ("queued", "sending", "sent", "failed", "canceled", "unknown", "parked"),
    "flow": (flow.name for flow in FLOWS),
    "gate": (
        *re.findall(r'Reason\("(\w+)"', Path(gate.__file__).read_text("utf-8")),
        *re.findall(r'_left_out\("(\w+)"', Path(offering.__file__).read_text("utf-8")),
        *(f"hold {kind}" for kind in HoldKind),
    ),
    "fact": (
        *record.OF_HEARD,
        *record.OF_SAID,
        *record.OF_CONSENT,
        *record.OF_DELIVERY,
        *record.OF_ACT,
        *("hold", "rule", "until", "step", "amount_minor", "currency", "detail"),
    ),
    "record": (*record.Kind, *page_of_record.COLUMNS),
    "step": timeline.What,
    "heard": ("waiting", "answered", "failed", "ignored", "unrouted"),
    "hold": HoldKind,
    "intent": Intent,
    "method": Method,
    "role": Role,
    "view": State,
    "alert": Kind,
    "alert_hint": Kind,
    "queue": Queue,
    "queue_lead": Queue,
    "trace": ("layer", "rule", "words", "form", "late", "guard", "also", "day", "amount"),
    "trouble": Trouble,
    "billing": billing.tables(),
    "draft_state": DraftState,
    "letter": ("dear", "lost"),
    "publication": ("published", "rollback", "waiting", "canceled"),
    "rule": (*RULES, "missing"),
    "severity": Severity,
    "size": Size,
    "tag": Tag,
    "persona": personas.everyone(),
    "use": (key.split(".")[1] for key, _ in gallery.scripts()),
    "state": (
        START,
        DONE,
        *(f"{flow.name}.{state}" for flow in FLOWS for state in {*flow.states} - {START, DONE}),
    ),
    "trigger": TRIGGERS,
    "when": filter(None, (picture.condition(row) for flow in FLOWS for row in flow.moves)),
}


def details() -> set[str]:
    """What acts are kept with, by the names in the sources."""
    kept = re.findall(r"(?:told|details)(?: =|=) ?\{(.*?)\}", source(), re.DOTALL)
    # What was refused is told on a page and not kept.
    return set(re.findall(r'"(\w+)":', " ".join(kept))) - {"message"}


def source() -> str:
    files = [*CONSOLE.rglob("*.py"), *TEMPLATES]
    return "\n".join(each.read_text("utf-8") for each in files)


def test_every_text_is_there_in_both_languages() -> None:
    words = screens.words()
    assert set(words[Language.JA]) == set(words[Language.EN])
    assert all(text.strip() == text and text for texts in words.values() for text in texts.values())


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    known, written = set(screens.words()[Language.EN]), source()
    asked = set(re.findall(r"""say\(["'](\w+)["'][,)]""", written))
    begun = set(re.findall(r'"(\w+_)" ?~', written)) | {"done_", "one_", "many_"}
    begun |= {f"{kind}_" for kind in re.findall(r'told\((?:language, )?"(\w+)"', written)}
    begun |= {f"{kind}_" for kind in facts.WORDS.values()}
    ended = set(re.findall(r'~ "(_\w+)"', written))
    quoted = set(re.findall(r"""["'](\w+)["']""", written))

    assert asked <= known
    unused = {
        key
        for key in known - quoted
        if not key.startswith(tuple(begun)) and not key.endswith(tuple(ended))
    }
    assert unused == set()


@pytest.mark.parametrize(("prefix", "values"), NAMED.items(), ids=NAMED)
def test_every_value_has_its_name(prefix: str, values: Iterable[str]) -> None:
    assert {f"{prefix}_{value}" for value in values} <= set(screens.words()[Language.JA])


def test_every_detail_of_the_audit_log_has_its_name() -> None:
    known = set(screens.words()[Language.JA])
    assert {f"detail_{name}" for name in details()} <= known


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda it: str(it.relative_to(CONSOLE)))
def test_no_template_speaks_for_itself(template: Path) -> None:
    plain = _JINJA.sub("", _WIDTH.sub("", template.read_text("utf-8")))
    spoken = _TAG.sub(" ", plain)

    assert re.findall(r"[^\W\d_]{2,}", spoken) == []
    assert set(_SPOKEN.findall(plain)) - SAME == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda it: str(it.relative_to(CONSOLE)))
def test_no_template_has_inline_script_or_style(template: Path) -> None:
    text = template.read_text("utf-8")

    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text) is None
    assert "| safe" not in text
    assert "autoescape false" not in text
