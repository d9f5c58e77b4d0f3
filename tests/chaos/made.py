"""A history in which everything holds, to be spoiled by a test in one place."""

from dataclasses import replace
from typing import Any

from chaos.history import (
    Accepted,
    Answer,
    Exchange,
    History,
    Inbound,
    Kept,
    Report,
    Row,
    Standing,
    Window,
)

HANAKO, KENICHI, DEAD = "+819000000001", "+819000000002", "+819000000003"
HELP, STOP, STOPPED = "common.help", "配信停止", "consent.stopped"


def exchange(at: float, answer: int = 200) -> Exchange:
    return Exchange(at, at + 0.1, answer)


def text(sid: str, number: str, at: float, body: str = "ヘルプ") -> Inbound:
    return Inbound(sid, number, body, (exchange(at),))


def sent(message: int, number: str, at: float, body: str = "ご案内") -> Accepted:
    reports = (Report("sent", exchange(at + 1, 204)), Report("delivered", exchange(at + 2, 204)))
    return Accepted(f"SMout{message}", number, body, message, at, "delivered", reports)


def row(message: int, number: str, inbound: int | None, **more: Any) -> Row:
    ordinary = Row(
        message,
        number,
        inbound,
        "ご案内",
        HELP,
        "reply",
        "sent",
        delivery_status="delivered",
        sid=f"SMout{message}",
    )
    return replace(ordinary, **more)


# Hanako asks twice, then stops while something may still be queued; Kenichi asks, pays and has a
# receipt; the third number is one that the network refuses.
TEXTS = (
    text("SM1", HANAKO, 10),
    text("SM2", KENICHI, 11),
    text("SM3", HANAKO, 12),
    text("SM4", DEAD, 13),
    text("SM5", HANAKO, 20, STOP),
)
KEPT = (
    Kept(1, "SM1", HANAKO, "answered"),
    Kept(2, "SM2", KENICHI, "answered"),
    Kept(3, "SM3", HANAKO, "answered"),
    Kept(4, "SM4", DEAD, "answered"),
    Kept(5, "SM5", HANAKO, "answered"),
)
STOP_ROW = row(5, HANAKO, 5, key=STOPPED, body="停止しました")
ROWS = (
    row(1, HANAKO, 1),
    row(2, KENICHI, 2),
    row(3, HANAKO, 3),
    row(4, DEAD, 4, status="failed", delivery_status=None, sid=None),
    STOP_ROW,
    row(6, KENICHI, None, message_class="notice", body="領収"),
)
ACCEPTED = (
    sent(1, HANAKO, 10.5),
    sent(2, KENICHI, 11.5),
    sent(3, HANAKO, 12.5),
    sent(5, HANAKO, 20.5, "停止しました"),
    sent(6, KENICHI, 30, "領収"),
)
HELPED = Answer(((HELP, "ご案内"),))
STANDINGS = {
    HANAKO: Standing(("stopped",), (("stopped", "SM5"),)),
    KENICHI: Standing(("unknown",)),
}
WELL = History(
    texts=TEXTS,
    accepted=ACCEPTED,
    asked=dict.fromkeys(range(1, 7), 1),
    kept=KEPT,
    rows=ROWS,
    standings=STANDINGS,
    expected={
        **dict.fromkeys(("SM1", "SM2", "SM3", "SM4"), HELPED),
        "SM5": Answer(((STOPPED, "停止しました"),), stops=True),
    },
    calm=STANDINGS,
    refused=frozenset({DEAD}),
    payers=frozenset({KENICHI}),
    paid=frozenset({KENICHI}),
    windows=(Window("database stopped", 40, 42), Window("kill web", 50, 51)),
)


def spoiled(**changes: Any) -> History:
    """That history with something else in some of its parts."""
    return replace(WELL, **changes)


def without(rows: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    """All but one."""
    return (*rows[:position], *rows[position + 1 :])


def instead(rows: tuple[Any, ...], position: int, **changes: Any) -> tuple[Any, ...]:
    """One of them changed."""
    return (*rows[:position], replace(rows[position], **changes), *rows[position + 1 :])
