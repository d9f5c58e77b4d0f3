"""Recovery codes: each stands in for the authenticator app once; only keyed hashes are kept."""

from sqlalchemy import Connection, select, update

from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import staff
from console.signing_in import security


def renew(runtime: Runtime, member_id: int) -> list[str]:
    """New codes, to be shown once; the old ones end."""
    codes = security.new_recovery_codes()
    kept = [runtime.vault.index(code) for code in codes]
    new = (
        update(staff)
        .where(staff.c.id == member_id)
        .values(mf_recovery_codes=kept, codes_key_id=runtime.vault.key_id)
    )
    transact(runtime.engine, lambda connection: connection.execute(new))
    return codes


def use(runtime: Runtime, member_id: int, written: str) -> bool:
    """Whether a code is one of the member's; then it is none any more."""
    written_as = runtime.vault.indexes(written.strip().lower()[:64])

    def work(connection: Connection) -> bool:
        locked = select(staff.c.mf_recovery_codes).where(staff.c.id == member_id)
        codes: list[str] = connection.execute(locked.with_for_update()).scalar() or []
        left = [one for one in codes if one not in written_as]
        if left == codes:
            return False
        kept = update(staff).where(staff.c.id == member_id).values(mf_recovery_codes=left)
        connection.execute(kept)
        return True

    return transact(runtime.engine, work)


def left(connection: Connection, member_id: int) -> int:
    """How many codes a member has left."""
    kept = connection.execute(select(staff.c.mf_recovery_codes).where(staff.c.id == member_id))
    return len(kept.scalar() or [])
