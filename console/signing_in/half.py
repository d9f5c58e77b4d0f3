"""A sign-in that is half done: the password was right, the second factor is still to come."""

import time
from dataclasses import dataclass

from flask import session

from console.signing_in import security
from console.signing_in.user import User

WITHIN_S = 10 * 60
KEY = "half"


@dataclass(frozen=True)
class Half:
    """Whose sign-in it is, where they wanted to go, and the secret they are setting up, if any."""

    user: User
    wanted: str
    secret: str | None = None


def begin(user: User, wanted: str) -> None:
    """Remember, in the browser's signed session, that a member knew their password."""
    session.clear()
    session[KEY] = {"who": user.fs_uniquifier, "at": time.time(), "wanted": wanted}


def current(has_second_factor: bool) -> Half | None:
    """The sign-in at hand; None where there is none, it took too long, or it is at another step."""
    kept = session.get(KEY)
    if not kept or time.time() - kept["at"] > WITHIN_S:
        return None
    user = security.of_uniquifier(kept["who"])
    if user is None or not user.active or user.has_second_factor is not has_second_factor:
        return None
    return Half(user, kept["wanted"], kept.get("secret"))


def keep_secret(secret: str) -> None:
    """Remember the encrypted secret that is being set up."""
    session[KEY] = {**session[KEY], "secret": secret}
