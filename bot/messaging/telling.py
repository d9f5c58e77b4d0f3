"""Tell the company's own system of alerts: each is posted to HENJI_ALERT_URL, until it is taken.

    Henji-Signature: t=<Unix seconds>,v1=<hex>

where v1 is the HMAC-SHA-256 of t, a dot and the body, keyed with what `henji keys alerts` prints.
While SECRET_KEY is being changed there is a v1 for each of the two keys.
"""

import hmac
import json
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import requests
import structlog
from sqlalchemy import Connection, Row, select, update

from bot.messaging.reconciling.missed import Going
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import alerts
from bot.text import mask

# To connect and to answer; all of a batch must fit into the lease.
TIMEOUT_S = (2.0, 3.0)
BATCH = 10
LEASE_S = 60
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 3600.0
# An alert that is older is seen in the console.
GIVEN_UP_AFTER_S = 24 * 3600

_alert = alerts.c
log = structlog.get_logger(__name__)


def tell_due(runtime: Runtime, going: Going) -> None:
    """Post each alert that is due; what is not taken is tried again, more and more seldom."""
    url = runtime.settings.HENJI_ALERT_URL
    if url is None:
        return
    for row in transact(runtime.engine, _claim):
        if not going():
            return
        taken = _is_taken(url, runtime.vault, row)
        transact(runtime.engine, partial(_write_down, row=row, taken=taken))


def signature(vault: Vault, at: int, body: bytes) -> str:
    """The header's value for a body that is posted at a time in Unix seconds."""
    signed = f"{at}.".encode() + body
    keys = [one.alert_key.encode() for one in vault.everyone]
    marks = [f"v1={hmac.digest(key, signed, 'sha256').hex()}" for key in keys]
    return ",".join([f"t={at}", *marks])


def _claim(connection: Connection) -> Sequence[Row[Any]]:
    """What is due, the oldest first, left alone by other clocks until the lease ends."""
    due = (
        select(alerts)
        .where(_alert.told_at.is_(None), _alert.created_at > seconds_from_now(-GIVEN_UP_AFTER_S))
        .where(_alert.tell_at.is_(None) | (_alert.tell_at <= utc_now()))
        .order_by(_alert.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    connection.execute(
        update(alerts)
        .where(_alert.id.in_([row.id for row in rows]))
        .values(tell_attempts=_alert.tell_attempts + 1, tell_at=seconds_from_now(LEASE_S))
    )
    return rows


def _write_down(connection: Connection, row: Row[Any], taken: bool) -> None:
    this = update(alerts).where(_alert.id == row.id)
    pause = min(FIRST_PAUSE_S * 2.0**row.tell_attempts, LONGEST_PAUSE_S)
    connection.execute(
        this.values(told_at=utc_now()) if taken else this.values(tell_at=seconds_from_now(pause))
    )


def _is_taken(url: str, vault: Vault, row: Row[Any]) -> bool:
    body = _body(row)
    headers = {
        "Content-Type": "application/json",
        "Henji-Signature": signature(vault, int(time.time()), body),
    }
    try:
        # Streamed, so that nothing of the answer but its head is waited for.
        with requests.post(
            url, body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False, stream=True
        ) as answer:
            status = answer.status_code
    except requests.RequestException as error:
        log.warning("alert.not_told", alert=row.id, error=type(error).__name__)
        return False
    taken = 200 <= status < 300
    if not taken:
        log.warning("alert.not_told", alert=row.id, error=f"status {status}")
    return taken


def _body(row: Row[Any]) -> bytes:
    """Masked once more: a provider's own words about a failure may name a number."""
    told = {
        "id": row.id,
        "kind": row.kind,
        "subject": mask.numbers(row.subject),
        "words": mask.numbers(row.words),
        "raised_at": row.created_at.isoformat(),
    }
    return json.dumps(told, ensure_ascii=False).encode()
