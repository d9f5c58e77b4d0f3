"""What a request may hold at all, whatever its view does with it."""

from collections.abc import Iterator
from itertools import chain

from flask import abort, request

# These rooms tell beside the field what is wrong with a text, and keep what was typed.
TELL_THEMSELVES = frozenset({"scripts", "rehearsal"})


def check() -> None:
    """Refuse NUL, which no page of ours sends and PostgreSQL refuses in every text."""
    if any("\x00" in each for each in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    in_path = (request.view_args or {}).values()
    in_form = () if request.blueprint in TELL_THEMSELVES else request.form.listvalues()
    return map(str, chain(in_path, *in_form))
