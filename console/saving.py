"""What a form of the console asks for: done and told, or refused on the page it came from."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.errors import ActRefused
from bot.store.session import transact
from console.screens import Screens

# A page that is shown again with why it was refused, and with that status.
Page = Callable[[Screens, str, int], ResponseReturnValue]


def save(
    screens: Screens, work: Callable[[Connection], None], page: Page, then: str
) -> ResponseReturnValue:
    """Do it and go to the endpoint `then`; where it is refused, `page` says why."""
    try:
        transact(screens.runtime.engine, work)
    except ActRefused as refused:
        return page(screens, refused.why, 422)
    flash("saved")
    return redirect(url_for(then), 303)
