"""What every page needs: the files of libraries from their wheels, and where to begin."""

from functools import partial
from pathlib import Path

import js_lib_bootstrap5
import js_lib_htmx
import youplot.vendor
from flask import Blueprint, Response, abort, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

import pages
from console import access, visitor
from console.screens import Screens

_BOOTSTRAP = Path(js_lib_bootstrap5.__file__).parent / "static" / "js-lib-bootstrap5"
_HTMX = Path(js_lib_htmx.__file__).parent / "static" / "htmx"
_UPLOT = Path(youplot.vendor.__file__).parent
_PAGES = Path(pages.__file__).parent / "static"
VENDOR = {
    "bootstrap.min.css": _BOOTSTRAP / "css" / "bootstrap.min.css",
    "bootstrap.bundle.min.js": _BOOTSTRAP / "js" / "bootstrap.bundle.min.js",
    "htmx.min.js": _HTMX / "htmx.min.js",
    "uplot.min.js": _UPLOT / "uplot.iife.min.js",
    "uplot.min.css": _UPLOT / "uplot.min.css",
    "icon.svg": _PAGES / "icon.svg",
}


def door(screens: Screens) -> Blueprint:
    """`/` and `/vendor/…`."""
    frame = Blueprint("frame", __name__)
    frame.add_url_rule("/", "home", partial(home, screens))
    frame.add_url_rule("/vendor/<name>", "vendor", vendor)
    return frame


def home(screens: Screens) -> ResponseReturnValue:
    """Begin where the work is: with the people, or for who does not answer them, the figures."""
    answers = visitor.current().member.role in access.OPERATORS
    return redirect(url_for("conversations.page" if answers else "dashboard.page"), 303)


def vendor(name: str) -> Response:
    """A file of a library, as its wheel has it."""
    if name not in VENDOR:
        abort(404)
    return send_file(VENDOR[name])
