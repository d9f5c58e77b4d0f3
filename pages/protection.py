"""What guards every page: who may post to it, and the headers that keep it to itself."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from flask import Response, abort, request

from bot.runtime import Runtime
from bot.settings import Settings

A_MINUTE_S = 60
A_YEAR_S = 365 * 24 * 3600
STATIC = "static"
USUAL_PORTS = {"http": 80, "https": 443}


def check_origin(settings: Settings) -> None:
    """Refuse a form that another site's page posted; the cookie's SameSite=Lax is the first guard.

    A browser that sends no referrer calls its origin "null", even to the page's own site, and then
    says in Sec-Fetch-Site where the form stood.
    """
    given = request.headers.get("Origin")
    if request.method in {"GET", "HEAD", "OPTIONS"} or given is None:
        return
    from_here = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if given not in _own_origins(settings) and not (given == "null" and from_here):
        abort(403)


def visitor() -> str:
    """Whose requests are counted together: an IPv4 address, or a whole /64 of IPv6.

    Whoever has one address of such a network has all of them. An IPv4 address that a socket of
    IPv6 tells as ::ffff:203.0.113.9 is that IPv4 address.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((address, 64 if address.version == 6 else 32), strict=False))


def harden(runtime: Runtime, response: Response) -> Response:
    """Add the headers: nothing foreign is loaded, framed, kept or told where one came from."""
    headers = response.headers
    headers["Content-Security-Policy"] = _content_policy(runtime)
    headers["X-Content-Type-Options"] = "nosniff"
    # The address holds the token.
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Robots-Tag"] = "noindex"
    if not (request.endpoint or "").endswith(f".{STATIC}"):
        headers["Cache-Control"] = "no-store"
    if runtime.settings.link_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR_S}; includeSubDomains"
    return response


def publish(runtime: Runtime, response: Response) -> Response:
    """The same for a page that everybody may find and keep for a minute, but no answer to a form.

    It is told in two languages, so what is kept is kept by language.
    """
    harden(runtime, response)
    if request.method in {"GET", "HEAD"} and response.status_code == 200:
        del response.headers["X-Robots-Tag"]
        response.headers["Cache-Control"] = f"public, max-age={A_MINUTE_S}"
        response.vary.add("Accept-Language")
    return response


def _content_policy(runtime: Runtime) -> str:
    """Forms may lead to our gateways: browsers hold redirects after a form to this as well."""
    origins = [origin for gateway in runtime.gateways.values() for origin in gateway.origins]
    gateways = "".join(f" {origin}" for origin in origins)
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        f" form-action 'self'{gateways}; frame-ancestors 'none'; base-uri 'none'"
    )


def _own_origins(settings: Settings) -> set[str]:
    return {_origin(settings.link_url), _origin(settings.needed("PUBLIC_URL"))}


def _origin(url: str) -> str:
    """Scheme, host and port as browsers write them: in lower case, the usual port left out."""
    parts = urlsplit(url)
    port = "" if parts.port in {None, USUAL_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"
