"""A member of staff at a browser: signs in over HTTP as anybody does, and looks."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from sqlalchemy import Connection

from bench.console import company
from bot.staff import invitations, members

PASSWORD = "紫陽花 lantern gravel 42"  # noqa: S105 - of the benchmark only
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LINE = re.compile(r'data-conversation="')
# Longer than any statement may take.
TIMEOUT_S = 30


@dataclass(frozen=True)
class Seen:
    """An answer: how long it took from the request on, in seconds, and its text."""

    seconds: float
    status: int
    text: str

    @property
    def lines(self) -> int:
        """How many conversations it lists."""
        return len(_LINE.findall(self.text))


class Browser:
    """One browser with its cookies and one connection."""

    def __init__(self, address: str) -> None:
        """`address` is that of the server: scheme, host and port."""
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business here

    def get(self, path: str) -> Seen:
        """Look at a page of the console, `path` below it."""
        began = time.perf_counter()
        answer = self._session.get(
            f"{self._address}/console{path}", allow_redirects=False, timeout=TIMEOUT_S
        )
        return Seen(time.perf_counter() - began, answer.status_code, answer.text)

    def events(self, path: str) -> Iterator[str]:
        """The lines of a stream of events, as they come."""
        answer = self._session.get(f"{self._address}/console{path}", stream=True, timeout=TIMEOUT_S)
        return answer.iter_lines(chunk_size=1, decode_unicode=True)

    def sign_in(self, invitation: str, email: str) -> "Browser":
        """Choose a password by an invitation, and sign in with it."""
        self._send(invitation, password=PASSWORD)
        self._send("/sign-in", email=email, password=PASSWORD)
        return self

    def _send(self, path: str, **form: str) -> None:
        token = _TOKEN.search(self.get(path).text)
        assert token, f"{path} shows no form"
        form["csrf_token"] = token[1]
        url = f"{self._address}/console{path}"
        answer = self._session.post(url, form, allow_redirects=False, timeout=TIMEOUT_S)
        assert answer.status_code == 303, f"{path} answered {answer.status_code}"


def sign_in(connection: Connection, address: str, who: str) -> Browser:
    """A browser in which a member of the benchmark's staff is signed in."""
    member = members.of_email(connection, company.email(who))
    assert member is not None
    path = invitations.path(invitations.invite(connection, member.id))
    connection.commit()
    return Browser(address).sign_in(path.removeprefix("/console"), member.email)
