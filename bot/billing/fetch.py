"""One HTTP request to a host of the company's own choice, and to no other place in its network.

The name is resolved once, every address of it is checked, and the request goes to the one that was
checked: a name that changes its address in between leads nowhere else. No redirect is followed.
"""

import json
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError

from bot.billing.connections import Deadline, PlainPool, SecurePool
from bot.errors import SourceAway

LARGEST_BYTES = 256 * 1024
CHUNK = 16 * 1024
# IPv4 addresses within IPv6, which a gateway would lead to (RFC 6052, RFC 3056), and the private
# addresses of old (RFC 3879).
_NOT_PUBLIC = tuple(map(IPv6Network, ("64:ff9b::/96", "2002::/16", "fec0::/10")))

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Call:
    """What to ask: with a `body` it is a POST of JSON."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, str] | None
    timeout_s: float
    allowed: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Told:
    """The JSON of an answer, numbers with decimals as Decimal."""

    json: Any


def fetch(call: Call) -> Told | None:
    """What is told; None where nobody is known there (404, in JSON).

    Raises SourceAway for everything else: an address that is not public and not allowed, no answer
    in time, a redirect, another status, an answer that is too large or no JSON, as a 404 of a wrong
    address is.
    """
    with Deadline(call.timeout_s) as deadline:
        try:
            answer = _ask(call, deadline)
            content = _content(answer)
        except (HTTPError, OSError) as error:
            deadline.check()
            raise SourceAway(f"it did not answer ({type(error).__name__})") from None
        deadline.check()
    told = _read(content)
    return None if answer.status == 404 else told


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether a request may go to an address: a public one, or in a network that was named."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    real = mapped or address
    if any(real in network for network in allowed):
        return True
    if any(real in network for network in _NOT_PUBLIC):
        return False
    return real.is_global and not (real.is_multicast or real.is_reserved or real.is_unspecified)


def _ask(call: Call, deadline: Deadline) -> urllib3.BaseHTTPResponse:
    target = urlsplit(call.url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    with_host = {"Host": target.netloc, "Accept": "application/json", **call.headers}
    body = None
    if call.body is not None:
        body = json.dumps(dict(call.body)).encode()
        with_host["Content-Type"] = "application/json"
    return _pool(call, deadline).urlopen(
        "GET" if body is None else "POST",
        path,
        body=body,
        headers=with_host,
        redirect=False,
        retries=False,
        preload_content=False,
        assert_same_host=False,
    )


def _pool(call: Call, deadline: Deadline) -> urllib3.HTTPConnectionPool:
    target = urlsplit(call.url)
    host, secure = target.hostname or "", target.scheme == "https"
    port = target.port or (443 if secure else 80)
    address = _resolved(host, port, call.allowed)
    timeout = urllib3.Timeout(total=call.timeout_s)
    if not secure:
        return PlainPool(address, port, timeout=timeout, deadline=deadline)
    return SecurePool(
        address,
        port,
        timeout=timeout,
        deadline=deadline,
        ssl_context=ssl.create_default_context(cafile=certifi.where()),
        server_hostname=host,
        assert_hostname=host,
    )


def _resolved(host: str, port: int, allowed: tuple[Network, ...]) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(is_allowed(address, allowed) for address in addresses):
        raise SourceAway("its name leads to an address that is not public; see private_networks")
    return str(addresses[0])


def _content(answer: urllib3.BaseHTTPResponse) -> bytes:
    content = bytearray()
    try:
        if answer.status not in {200, 404}:
            raise SourceAway(f"it answered with status {answer.status}")
        while chunk := answer.read1(CHUNK):
            content += chunk
            if len(content) > LARGEST_BYTES:
                raise SourceAway(f"its answer is over {LARGEST_BYTES >> 10} KB")
    finally:
        answer.close()
    return bytes(content)


def _read(content: bytes) -> Told:
    try:
        return Told(json.loads(content, parse_float=Decimal))
    except (ValueError, RecursionError):
        raise SourceAway("its answer is no JSON") from None
