"""`/dashboard` and `/dashboard.csv`."""

from functools import partial

from flask import Blueprint

from console.dashboard import page, sheet
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """The page of the figures, and the same as a file."""
    dashboard = Blueprint("dashboard", __name__)
    dashboard.add_url_rule("/dashboard", "page", partial(page.page, screens))
    dashboard.add_url_rule("/dashboard/scripts", "scripts", partial(page.scripts, screens))
    export = partial(sheet.export, screens)
    dashboard.add_url_rule("/dashboard.csv", "export", export, methods=["POST"])
    return dashboard
