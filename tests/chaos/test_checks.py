"""The checks of the fault suite can fail: each thing that may go wrong is found in a history."""

from dataclasses import replace

import pytest

from chaos import poison
from chaos.checks import violations
from chaos.history import Exchange, History, Kept, Knock, Report, Standing
from tests.chaos.made import (
    ACCEPTED,
    HANAKO,
    KENICHI,
    KEPT,
    ROWS,
    STANDINGS,
    TEXTS,
    WELL,
    exchange,
    instead,
    row,
    sent,
    spoiled,
    text,
    without,
)

REFUSED = (exchange(12, 500), exchange(12.5))
AWAY = (exchange(41, 503), exchange(43))
BUSY = (exchange(30, 503), exchange(31))
GONE = (Exchange(50.5, 50.5, 0), exchange(52))
HUNG = (Exchange(30, 45, 0), exchange(46))
LATE = Report("delivered", exchange(60, 500))

SPOILED = {
    "a text that was taken and is nowhere": ("lost", spoiled(kept=without(KEPT, 1))),
    "a text that no webhook brought and no list": (
        "lost",
        spoiled(texts=(*TEXTS, replace(text("SM9", HANAKO, 50.5), exchanges=(GONE[0],)))),
    ),
    "a text that is kept twice": ("doubled", spoiled(kept=(*KEPT, replace(KEPT[1], id=9)))),
    "a text without an answer": ("stuck", spoiled(kept=instead(KEPT, 1, status="waiting"))),
    "a text that was given up": ("lost", spoiled(kept=instead(KEPT, 1, status="failed"))),
    "a reply that was never written": ("lost", spoiled(rows=without(ROWS, 0))),
    "a reply that was written twice": ("doubled", spoiled(rows=(*ROWS, row(9, HANAKO, 1)))),
    "a reply with other words": ("wrong", spoiled(rows=instead(ROWS, 0, body="お断り"))),
    "a reply that never left": ("lost", spoiled(accepted=without(ACCEPTED, 0))),
    "a reply that still waits": (
        "stuck",
        spoiled(accepted=without(ACCEPTED, 0), rows=instead(ROWS, 0, status="queued")),
    ),
    "a reply that was taken back without a stop": (
        "lost",
        spoiled(accepted=without(ACCEPTED, 1), rows=instead(ROWS, 1, status="canceled")),
    ),
    "a reply that was parked": (
        "lost",
        spoiled(accepted=without(ACCEPTED, 1), rows=instead(ROWS, 1, status="parked")),
    ),
    "a message that was sent twice": (
        "doubled",
        spoiled(accepted=(*ACCEPTED, sent(6, KENICHI, 35, "領収"))),
    ),
    "a message that nobody wrote": (
        "unasked",
        spoiled(accepted=(*ACCEPTED, sent(99, KENICHI, 35))),
    ),
    "a message to somebody else": (
        "misdirected",
        spoiled(accepted=instead(ACCEPTED, 1, number=HANAKO)),
    ),
    "a message with other words": (
        "misdirected",
        spoiled(accepted=instead(ACCEPTED, 1, body="別の人の残高")),
    ),
    "messages in another order": (
        "disordered",
        spoiled(accepted=(ACCEPTED[2], ACCEPTED[0], *without(ACCEPTED, 0)[:1], *ACCEPTED[3:])),
    ),
    "texts in another order": (
        "disordered",
        spoiled(kept=(*KEPT[:2], replace(KEPT[2], id=0), *KEPT[3:])),
    ),
    "a reply that left after a stop": (
        "after a stop",
        spoiled(accepted=instead(ACCEPTED, 2, asked=20.3)),
    ),
    "a webhook that answers 500": ("refused", spoiled(texts=instead(TEXTS, 2, exchanges=REFUSED))),
    "a webhook that answers 503 on a good day": (
        "refused",
        spoiled(texts=instead(TEXTS, 3, exchanges=BUSY)),
    ),
    "a webhook that hangs": ("refused", spoiled(texts=instead(TEXTS, 3, exchanges=HUNG))),
    "a report that is refused": (
        "refused",
        spoiled(accepted=instead(ACCEPTED, 1, reports=(*ACCEPTED[1].reports, LATE))),
    ),
    "a message that is called failed": ("untrue", spoiled(rows=instead(ROWS, 1, status="failed"))),
    "a message with another id": ("untrue", spoiled(rows=instead(ROWS, 1, sid="SMother"))),
    "a status that never came": (
        "untrue",
        spoiled(rows=instead(ROWS, 1, delivery_status="undelivered")),
    ),
    "a status that fell back": ("untrue", spoiled(rows=instead(ROWS, 1, delivery_status="sent"))),
    "a status that was not kept": ("untrue", spoiled(rows=instead(ROWS, 1, delivery_status=None))),
    "thirteen attempts": ("unbounded", spoiled(rows=instead(ROWS, 3, attempts=13))),
    "more requests than attempts": ("unbounded", spoiled(asked={**WELL.asked, 3: 2})),
    "a payment without a receipt": (
        "lost",
        spoiled(rows=ROWS[:5], accepted=ACCEPTED[:4]),
    ),
    "two receipts": (
        "doubled",
        spoiled(
            rows=(*ROWS, row(7, KENICHI, None, message_class="notice")),
            accepted=(*ACCEPTED, sent(7, KENICHI, 33)),
        ),
    ),
    "a receipt for somebody who did not pay": (
        "doubled",
        spoiled(payers=frozenset(), paid=frozenset()),
    ),
    "a conversation that stands elsewhere": (
        "state",
        spoiled(standings={**STANDINGS, HANAKO: Standing(("granted",))}),
    ),
    "a step that the ledger lacks": (
        "ledger",
        spoiled(standings={**STANDINGS, HANAKO: Standing(("stopped",))}),
    ),
    "a text that no carrier had": (
        "forged",
        spoiled(kept=(*KEPT, Kept(9, "SMforged", HANAKO, "answered"))),
    ),
    "an odd sender who is answered": (
        "forged",
        spoiled(kept=(*KEPT, Kept(9, "SModd", "Bank", "answered")), odd=frozenset({"SModd"})),
    ),
    "a stranger who is let in": (
        "forged",
        spoiled(knocks=(Knock("forged text", frozenset({403}), exchange(30)),)),
    ),
    "a process that ended": ("other", spoiled(wrong=["worker ended by itself"])),
}
HELD = {
    "a well history": WELL,
    "503 while the database is away": spoiled(texts=instead(TEXTS, 3, exchanges=AWAY)),
    "no answer while web is away": spoiled(texts=instead(TEXTS, 3, exchanges=GONE)),
    "an answer that the carrier did not hear": spoiled(
        texts=instead(TEXTS, 3, exchanges=(Exchange(30, 30, -1), exchange(30.5)))
    ),
    "a reply that a stop took back": spoiled(
        accepted=without(ACCEPTED, 2), rows=instead(ROWS, 2, status="canceled")
    ),
    "a reply on its way when the stop was answered": spoiled(
        accepted=instead(ACCEPTED, 2, asked=20.05)
    ),
    "a text that a stop overtook": spoiled(
        kept=instead(KEPT, 2, overtaken=True), rows=without(ROWS, 2), accepted=without(ACCEPTED, 2)
    ),
    "a receipt that a person must decide on": spoiled(
        accepted=ACCEPTED[:4], rows=instead(ROWS, 5, status="parked")
    ),
    "a text that breaks a flow and is given up": spoiled(
        texts=instead(TEXTS, 1, body=poison.WORD),
        kept=instead(KEPT, 1, status="failed"),
        rows=(ROWS[0], *ROWS[2:]),
        accepted=(ACCEPTED[0], *ACCEPTED[2:]),
    ),
    "an odd sender who is kept and not answered": spoiled(
        kept=(*KEPT, Kept(9, "SModd", "Bank", "ignored")), odd=frozenset({"SModd"})
    ),
    "strangers who are refused, or find nobody": spoiled(
        knocks=(
            Knock("forged text", frozenset({403}), exchange(30, 403)),
            Knock("forged text", frozenset({403}), exchange(41, 503)),
            Knock("forged text", frozenset({403}), Exchange(50.5, 50.5, 0)),
        )
    ),
    "the same reply in the words of an older version": spoiled(
        rows=instead(ROWS, 0, body="お知らせ"),
        accepted=instead(ACCEPTED, 0, body="お知らせ"),
        same_words=False,
    ),
    "a status whose report had no answer": spoiled(
        accepted=instead(
            ACCEPTED,
            1,
            reports=(ACCEPTED[1].reports[0], Report("delivered", Exchange(50.5, 50.5, 0))),
        )
    ),
    "no reports at all": spoiled(
        accepted=instead(ACCEPTED, 1, reports=()), rows=instead(ROWS, 1, delivery_status=None)
    ),
}


@pytest.mark.parametrize(("kind", "history"), SPOILED.values(), ids=SPOILED)
def test_what_went_wrong_is_found(kind: str, history: History) -> None:
    assert kind in {found.kind for found in violations(history)}


@pytest.mark.parametrize("history", HELD.values(), ids=HELD)
def test_what_may_happen_is_not_blamed(history: History) -> None:
    assert violations(history) == []
