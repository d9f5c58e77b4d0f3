"""Staff at their browsers: they are invited, choose a password, sign in, and work."""

import base64
import hashlib
import hmac
import html
import re
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Row, select
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from bot.app import create_app
from bot.runtime import Runtime
from bot.staff import invitations, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.tables import audit_events
from bot.text.language import Language
from console import app as console

PASSWORD = "紫陽花 lantern gravel 42"
QUICK = {"argon2__memory_cost": 64, "argon2__rounds": 1, "argon2__parallelism": 1}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'id="key">([^<]+)<')
_CODES = re.compile(r"<li>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</li>")


def code_of(key: str, ahead: int = 0) -> str:
    """RFC 6238: what an authenticator app shows for a key, so many steps of 30 seconds ahead."""
    counter = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.digest(base64.b32decode(key.replace("-", "").replace(" ", "")), counter, "sha1")
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def fingerprint(text: str) -> str:
    """The SHA-256 of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Browser:
    """One browser with its cookies, at one address; `page` is the text of the last answer."""

    client: Client
    address: str = "192.0.2.7"
    answer: TestResponse = field(init=False)
    key: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    @property
    def page(self) -> str:
        return html.unescape(self.answer.get_data(as_text=True))

    @property
    def status(self) -> int:
        return self.answer.status_code

    def get(self, path: str, **headers: str) -> "Browser":
        self.answer = self.client.get(path, headers=headers, environ_base=self._from())
        return self

    def post(self, path: str, token: str | None = None, **form: Any) -> "Browser":
        """Send a form as the page at hand would, with its token."""
        found = _TOKEN.search(self.page) if token is None else None
        data = {"csrf_token": found[1] if found else (token or ""), **form}
        self.answer = self.client.post(path, data=data, environ_base=self._from())
        return self

    def follow(self) -> "Browser":
        """Go where the last answer sends."""
        assert self.status == 303, self.page
        return self.get(self.answer.headers["Location"])

    def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        self.get("/console/sign-in?lang=en")
        return self.post("/console/sign-in?lang=en", email=email, password=password)

    def set_up(self) -> "Browser":
        """Put the secret on the page into the app, and enter the code."""
        found = KEY.search(self.page)
        assert found, self.page
        self.key = found[1]
        self.post("/console/sign-in/set-up?lang=en", code=code_of(self.key))
        self.recovery_codes = _CODES.findall(self.page)
        return self

    def _from(self) -> dict[str, str]:
        return {"REMOTE_ADDR": self.address}


@dataclass
class Working:
    """A company with a console."""

    runtime: Runtime
    app: Flask
    console: Flask

    @classmethod
    def at(cls, runtime: Runtime) -> "Working":
        built = console.build(runtime)
        # The same hash, made quickly: hundreds of these are chosen and tried.
        built.extensions["security"].pwd_context.update(**QUICK)
        return cls(runtime, create_app(runtime), built)

    def browser(self, address: str = "192.0.2.7") -> Browser:
        mounted = {console.PREFIX: self.console.wsgi_app}
        return Browser(Client(DispatcherMiddleware(self.app, mounted)), address)

    def invites(
        self,
        name: str,
        role: Role = Role.OPERATOR,
        department_id: int | None = None,
        language: Language = Language.EN,
    ) -> str:
        """Add a member and return the path of their invitation."""
        details = Details(name, self.email_of(name), role, department_id, language)
        with self.runtime.engine.begin() as connection:
            member_id = members.add(connection, details)
            return invitations.path(invitations.invite(connection, member_id))

    @staticmethod
    def email_of(name: str) -> str:
        return f"{name.split(maxsplit=1)[0].lower()}@example.com"

    def employs(self, name: str, role: Role = Role.OPERATOR, **more: Any) -> Browser:
        """A member who has chosen a password and is signed in, with a second factor if needed."""
        path = self.invites(name, role, **more)
        browser = self.browser()
        browser.get(path).post(path, password=PASSWORD)
        browser.sign_in(self.email_of(name))
        if "/set-up" in browser.answer.headers.get("Location", ""):
            browser.follow().set_up()
        return browser

    def acts(self) -> list[Row[Any]]:
        """The audit log, the oldest first."""
        with self.runtime.engine.connect() as connection:
            return list(connection.execute(select(audit_events).order_by(audit_events.c.id)))
