"""What became of the money of a session that was paid: refunds, and a chargeback."""

import sqlite3
import time
from dataclasses import dataclass
from secrets import token_hex


@dataclass(frozen=True)
class Payment:
    """Money that came at `paid` (Unix seconds); `refunded` is what went back in all so far.

    `dispute` is the id of a chargeback of the whole amount, `won` that it was turned down.
    """

    paid: int | None = None
    refunded: int = 0
    dispute: str | None = None
    won: bool = False


def find(db: sqlite3.Connection, session_id: str) -> Payment:
    """The payment of a session; an empty one where nothing was paid."""
    row = db.execute("SELECT * FROM payments WHERE session = ?", [session_id]).fetchone()
    if row is None:
        return Payment()
    return Payment(row["paid"], row["refunded"], row["dispute"], bool(row["won"]))


def insert(db: sqlite3.Connection, session_id: str) -> None:
    """The money is here."""
    db.execute("INSERT INTO payments (session, paid) VALUES (?, ?)", [session_id, int(time.time())])


def refund(db: sqlite3.Connection, session_id: str, amount: int) -> None:
    """Give an amount back."""
    query = "UPDATE payments SET refunded = refunded + ? WHERE session = ?"
    db.execute(query, [amount, session_id])


def dispute(db: sqlite3.Connection, session_id: str) -> None:
    """The card's company takes the whole amount back."""
    query = "UPDATE payments SET dispute = ? WHERE session = ?"
    db.execute(query, ["dp_" + token_hex(12), session_id])


def win(db: sqlite3.Connection, session_id: str) -> None:
    """The chargeback was turned down: the money is here again."""
    db.execute("UPDATE payments SET won = 1 WHERE session = ?", [session_id])
