"""Whether SECRET_KEY opens what is stored, and what still needs the one before it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bot import rotation
from bot.billing.accounts import check_key
from bot.doctor.finding import Finding, bad, good
from bot.errors import SettingError
from bot.settings import Settings
from bot.store.crypto import Vault


def keys(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """The key, and each thing that another one sealed."""
    vault = Vault.of(settings)
    try:
        check_key(connection, vault)
    except SettingError as error:
        yield bad(str(error))
        return
    yield good("SECRET_KEY opens the stored accounts.")
    left = rotation.left(connection, vault)
    if vault.before is None:
        yield from (bad(f"Another SECRET_KEY sealed {one}.") for one in (*left.sealed, *left.kept))
        return
    if sealed := "; ".join(left.sealed):
        yield bad(f"Sealed with SECRET_KEY_BEFORE: {sealed}. Run henji keys rotate.")
    yield from (bad(f"Kept with SECRET_KEY_BEFORE: {one}.") for one in left.kept)
    if not [*left.sealed, *left.kept]:
        yield bad("Nothing needs SECRET_KEY_BEFORE any more: remove it, and restart.")
