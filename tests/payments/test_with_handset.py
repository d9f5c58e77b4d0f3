"""The whole way over real HTTP: link, page, the handset's gateway, its webhook, the receipt."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from bot.app import create_app
from bot.payments import ordering
from bot.payments.gateways.local import Local
from bot.runtime import Runtime
from bot.store.tables import checkouts
from handset.server import running
from tests.gateway import SECRET
from tests.gateways.handset_gateway import settings_in
from tests.paying import HANAKO, Paying

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"
PATIENCE_S = 20


class Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Site:
    """The bot served over HTTP; `settled` is set once a notice of the gateway was answered."""

    paying: Paying
    url: str
    browser: requests.Session = field(default_factory=requests.Session)
    settled: threading.Event = field(default_factory=threading.Event)

    def serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> object:
        answer = self.paying.browser.application(environ, start_response)
        if environ["PATH_INFO"] == "/webhooks/local":
            self.settled.set()
        return answer

    def page(self, path: str = "") -> str:
        return f"{self.url}/p/{self.paying.token}{path}"

    def begins(self) -> str:
        """Answer and tap; the address of the gateway's page."""
        self.browser.post(self.page(), data={"digits": "1234"}, allow_redirects=False)
        amount = {"amount": "12800"}
        tapped = self.browser.post(self.page("/pay"), data=amount, allow_redirects=False)
        assert tapped.status_code == 303
        return tapped.headers["Location"]


@contextmanager
def served(runtime: Runtime, gateway_url: str) -> Iterator[Site]:
    site = Site(Paying.at(runtime), "")
    server = ThreadedWSGIServer("127.0.0.1", 0, site.serve, Quiet)
    site.url = f"http://127.0.0.1:{server.port}"
    settings = runtime.settings.model_copy(
        update={
            "PUBLIC_URL": site.url,
            "LOCAL_GATEWAY_URL": gateway_url,
            "LOCAL_GATEWAY_SECRET": SecretStr(SECRET),
        }
    )
    site.paying = site.paying.with_runtime(
        replace(runtime, settings=settings, gateways={Local.name: Local.of(settings)})
    )
    site.paying.texting.client = create_app(site.paying.runtime).test_client()
    site.paying.texting.runtime = site.paying.runtime
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        site.browser.close()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(runtime: Runtime, tmp_path: Path) -> Iterator[Site]:
    handset = settings_in(tmp_path, SECRET)
    with running(handset) as gateway_url, served(runtime, gateway_url) as site:
        site.paying.is_customer()
        site.paying.gets_link()
        yield site


def test_a_card_pays_and_the_receipt_is_on_the_page_and_in_a_text(site: Site) -> None:
    gateway_page = site.begins()

    back = site.browser.post(gateway_page, data={"choice": "card"}, allow_redirects=False)
    assert back.headers["Location"] == site.page("/return?lang=ja")
    assert site.settled.wait(PATIENCE_S)

    assert "お支払いが完了しました" in site.browser.get(back.headers["Location"]).text
    site.paying.texting.sends()
    assert "payment.receipt" in site.paying.texting.new_keys()
    assert site.paying.outcomes() == ["paid"]


def test_without_a_browser_the_number_comes_by_text_and_the_cash_is_received(site: Site) -> None:
    paying = site.paying
    paying.texting.says(HANAKO, "ガラケーなのでコンビニの番号をください")
    assert paying.texting.says(HANAKO, "1234") == ["payment.ordering"]

    ordering.order_wished(paying.runtime)
    assert site.settled.wait(PATIENCE_S)
    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.pending_number"]

    site.settled.clear()
    with paying.runtime.engine.begin() as connection:
        page = connection.execute(select(checkouts.c.url)).scalar_one()
    requests.post(page, data={"choice": "store"}, allow_redirects=False, timeout=PATIENCE_S)
    assert site.settled.wait(PATIENCE_S)
    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.receipt_at_store"]


def test_two_taps_in_two_languages_find_one_session(site: Site) -> None:
    first = site.begins()
    second = site.browser.post(site.page("/pay?lang=en"), allow_redirects=False)
    assert second.headers["Location"] == first


def test_who_turns_back_finds_the_page_again(site: Site) -> None:
    back = site.browser.post(site.begins(), data={"choice": "cancel"}, allow_redirects=False)
    assert back.headers["Location"] == site.page("?lang=ja")
    assert "お手続きの途中です" in site.browser.get(back.headers["Location"]).text


def test_a_card_that_fails_leads_to_another_try(site: Site) -> None:
    first = site.begins()
    site.browser.post(first, data={"choice": "fail"}, allow_redirects=False)
    assert site.settled.wait(PATIENCE_S)

    assert site.begins() != first
