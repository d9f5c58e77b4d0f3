"""The wire to the providers: HTTP for a whole process, on an event loop in a thread of its own.

Every request is sent once: nothing is repeated, no redirect is followed, and none takes longer
than `LONGEST_S`, even where an answer comes in byte by byte.
"""

import asyncio
import atexit
import ssl
import threading
from collections.abc import Coroutine, Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import certifi
import requests
from requests.utils import select_proxy

from bot.errors import Uncertain, Unreachable
from bot.providers import Answer, Request

CONNECT_S = 3.0
READ_S = 10.0
LONGEST_S = CONNECT_S + READ_S
# Unused connections are closed after this time: sooner than a server would do it.
KEEP_S = 15.0
# The request never left: no name, no connection, no tunnel through the proxy.
NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
)


class Wire:
    """Carries requests; safe for many threads. It starts with its first work, and may be closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, works: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Let these run side by side on the loop; they must not raise."""
        self._started().call_soon_threadsafe(self._begin, list(works))

    def ask(self, request: Request) -> Answer:
        """Carry a request for a thread that waits. Raises Unreachable, or Uncertain."""
        return asyncio.run_coroutine_threadsafe(self.post(request), self._started()).result()

    async def post(self, request: Request) -> Answer:
        """Carry a request, on the loop. Raises Unreachable, or Uncertain."""
        try:
            async with asyncio.timeout(LONGEST_S):
                return await self._exchange(request)
        except NEVER_LEFT:
            raise Unreachable("the provider could not be reached") from None
        except (aiohttp.ClientError, OSError):  # a time-out is an OSError, too
            raise Uncertain("the provider's answer did not arrive") from None

    def close(self) -> None:
        """Close the connections and end the loop; what is under way is given up."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()
        atexit.unregister(self.close)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="wire", daemon=True
                )
                self._thread.start()
                atexit.register(self.close)
            return self._loop

    def _begin(self, works: list[Coroutine[Any, Any, None]]) -> None:
        for work in works:
            task = asyncio.create_task(work)
            # The loop itself keeps only a weak reference.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _exchange(self, request: Request) -> Answer:
        address = urlsplit(request.url)
        proxy, secure = _way_to(address.scheme, address.netloc)
        async with self._open().request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            proxy=proxy,
            ssl=secure or True,
        ) as answer:
            body = await answer.read()
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, body, headers)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Who sends bounds how many are under way.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_S),
                timeout=aiohttp.ClientTimeout(connect=CONNECT_S, sock_read=READ_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "henji"},
            )
        return self._session

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None


@cache
def _surroundings(origin: str) -> tuple[dict[str, str], str]:
    """The proxies, and the file or folder of certificates, that the environment names.

    By the rules of `requests`, and looked up once, for it takes longer than a request.
    """
    found = requests.Session().merge_environment_settings(origin, {}, None, None, None)
    verify = found["verify"]
    return dict(found["proxies"]), verify if isinstance(verify, str) else certifi.where()


@cache
def _way_to(scheme: str, host: str) -> tuple[str | None, ssl.SSLContext | None]:
    origin = f"{scheme}://{host}"
    proxies, certificates = _surroundings(origin)
    proxy = select_proxy(origin, proxies)
    if scheme != "https":
        return proxy, None
    return proxy, _trust(Path(certificates))


def _trust(certificates: Path) -> ssl.SSLContext:
    if certificates.is_dir():
        return ssl.create_default_context(capath=certificates)
    return ssl.create_default_context(cafile=certificates)
