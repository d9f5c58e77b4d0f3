"""A running handset, a bot that records what it is told, and Twilio's own client between them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from twilio.rest import Client

from handset.server import running
from handset.settings import Settings
from tests.handset.recording_bot import RecordingBot
from tests.handset.twilio_client import client_of

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"
ACCOUNT_SID = "AC" + "0123456789abcdef" * 2


class Http(requests.Session):
    """Plain HTTP to one address, never through a proxy."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.trust_env = False
        self._url = url

    def request(self, method: str, url: str, **options: object) -> requests.Response:
        return super().request(method, self._url + url, timeout=20, **options)


@pytest.fixture
def bot() -> Iterator[RecordingBot]:
    with RecordingBot.serving() as bot:
        yield bot


@pytest.fixture
def settings(tmp_path: Path, bot: RecordingBot) -> Settings:
    return Settings(
        database=tmp_path / "handset.sqlite3",
        people=SAMPLE,
        webhook_url=f"{bot.url}/webhooks/twilio/messages",
        number="+815000000000",
        brand="ヘンジ電力",
        brand_en="Henji Power",
        account_sid=ACCOUNT_SID,
        auth_token="token of the tests",
        gateway_secret="secret of the tests",
        callback_delay_ms=10,
    )


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    with running(settings) as url:
        yield url


@pytest.fixture
def http(url: str) -> Iterator[Http]:
    with Http(url) as http:
        yield http


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    """A thread for a request that is long in coming back."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def client(url: str, settings: Settings) -> Client:
    return client_of(url, settings.account_sid, settings.auth_token)
