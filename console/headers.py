"""What the console's answers tell a browser: nothing foreign is loaded, framed or kept."""

from flask import Response, request

from bot.runtime import Runtime
from pages.protection import A_YEAR_S

# Bootstrap draws its ticks and arrows, and the QR code is drawn, as images in the address itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ONE_DAY_S = 24 * 3600
STATIC = frozenset({"static", "frame.vendor"})


def harden(runtime: Runtime, response: Response) -> Response:
    """Add the headers to an answer."""
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint in STATIC and response.status_code < 300:
        headers["Cache-Control"] = f"public, max-age={ONE_DAY_S}"
    else:
        headers["Cache-Control"] = "no-store"
    if runtime.settings.needed("PUBLIC_URL").startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR_S}; includeSubDomains"
    return response
