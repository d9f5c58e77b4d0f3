"""Flask-Security as we use it: argon2id, TOTP without replay, sessions; the pages are our own.

Its own pages are not registered: their texts are English for the most part, and their flows send
mail, which Henji does not.
"""

from typing import Any

from flask import Flask, current_app
from flask_security import Security, Totp, UserMixin, hash_password, login_user, logout_user
from passlib.exc import TokenError
from sqlalchemy import or_, update

from bot.runtime import Runtime
from bot.staff import second_factor
from bot.store.session import transact
from bot.store.tables import staff
from console.signing_in.user import Staff, User

# OWASP ASVS 6.2: at least 8 characters, 15 advised; no rules of composition, but no known ones.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
STRENGTH_NEEDED = 3
# zxcvbn refuses to judge more.
_LONGEST_JUDGED = 72
# A code of 30 seconds is taken until so long after it was shown.
CODE_WINDOW_S = 30
METHOD = "authenticator"
RECOVERY_CODES = 10


def install(app: Flask, runtime: Runtime) -> None:
    """Set Flask-Security up in the console's application."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_PASSWORD_COMPLEXITY_CHECKER="zxcvbn",
        SECURITY_ZXCVBN_MINIMUM_SCORE=STRENGTH_NEEDED,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=[METHOD],
        SECURITY_TOTP_SECRETS=second_factor.secrets(runtime.vault),
        SECURITY_TOTP_ISSUER=runtime.settings.HENJI_BRAND_EN or runtime.settings.HENJI_BRAND,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_API_ENABLED_METHODS=["session"],
    )
    security = Security(totp_cls=_once(runtime))
    security.init_app(app, Staff(runtime.engine), register_blueprint=False)


def _once(runtime: Runtime) -> type[Totp]:
    class Once(Totp):
        """Codes that work once: the database keeps which was the last, and takes none twice."""

        def __init__(self, secrets: dict[str, str], issuer: str) -> None:
            super().__init__(secrets, issuer)
            self._totp = second_factor.factory(runtime.vault, issuer)

        def get_last_counter(self, user: UserMixin) -> int | None:
            assert isinstance(user, User)
            return user.totp_counter

        def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
            counter = staff.c.totp_counter
            assert isinstance(user, User)
            newer = or_(counter.is_(None), counter < tmatch.counter)
            taken = update(staff).where(staff.c.id == user.id, newer)
            taken = taken.values(totp_counter=tmatch.counter)
            done = transact(runtime.engine, lambda connection: connection.execute(taken).rowcount)
            if not done:
                raise TokenError("the code was used already")

    return Once


def _security() -> Security:
    found: Security = current_app.extensions["security"]
    return found


def _staff() -> Staff:
    found = _security().datastore
    assert isinstance(found, Staff)
    return found


def find(email: str) -> User | None:
    """The member with an email address."""
    return _staff().find_user(email=email.strip().lower()[:254])


def of_uniquifier(uniquifier: str) -> User | None:
    """The member whom a half-finished sign-in names."""
    return _staff().find_user(fs_uniquifier=uniquifier)


def is_right(user: User | None, password: str) -> bool:
    """Whether a password is a member's; it takes as long where there is no such member."""
    plain = _security().password_util.normalize(password[:LONGEST_PASSWORD])
    if user is None or user.password is None:
        hash_password(plain)
        return False
    return bool(user.verify_and_update_password(plain)) and user.active


def problem_of(password: str, user: User) -> str | None:
    """What is wrong with a new password: too_short, too_long, too_easy; None where it will do."""
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    about = {"email": user.email, "name": user.name}
    problems, _ = _security().password_util.validate(password[:_LONGEST_JUDGED], True, **about)
    return "too_easy" if problems else None


def set_password(user: User, password: str) -> None:
    """Keep a new password as its argon2id hash."""
    user.password = hash_password(_security().password_util.normalize(password))
    _staff().put(user)


def begin(user: User) -> None:
    """Make the browser's session the member's."""
    login_user(user, remember=False)


def leave() -> None:
    """Make the browser's session nobody's."""
    logout_user()


def new_secret() -> str:
    """An encrypted secret for an authenticator app."""
    return str(_security().totp_factory.generate_totp_secret())


def to_scan(secret: str, user: User) -> dict[str, str]:
    """What an authenticator app is given: `image` (a QR code), `key` and `uri`."""
    found: dict[str, str] = _security().totp_factory.fetch_setup_values(secret, user)
    return found


def is_code(code: str, secret: str, user: User) -> bool:
    """Whether six digits are the code of now, and were not used before."""
    digits = _security().password_util.normalize(code).replace(" ", "")
    factory = _security().totp_factory
    return bool(factory.verify_totp(digits, secret, user, window=CODE_WINDOW_S))


def set_second_factor(user: User, secret: str) -> None:
    """Have the member's next sign-in ask for a code."""
    _staff().tf_set(user, METHOD, totp_secret=secret)


def new_recovery_codes() -> list[str]:
    """Codes that each stand in for the authenticator app once."""
    return list(_security().totp_factory.generate_recovery_codes(RECOVERY_CODES))
