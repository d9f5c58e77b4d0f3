"""The texts that are sent: signed webhooks as Twilio posts them, each from a number of its own."""

from collections.abc import Mapping
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from bench.http import post
from webhooks.signature import signature

OURS = "+815000000001"
ACCOUNT = "AC" + "0" * 32
TOKEN = "a token of the benchmark only"  # noqa: S105
BODY = "残高"
PREFIXES = ("90", "80", "70", "60")
MOST_NUMBERS = 10_000 * len(PREFIXES)


def number(index: int) -> str:
    """An invented Japanese mobile number, 0 <= index < MOST_NUMBERS."""
    return f"+81{PREFIXES[index // 10_000]}0000{index % 10_000:04}"


def text(public_url: str, index: int) -> bytes:
    """The signed webhook of one text from the number of this index."""
    return signed(public_url, "/webhooks/twilio/messages", form(index))


def form(index: int) -> dict[str, str]:
    """The parameters with which Twilio describes such a text.

    https://www.twilio.com/docs/messaging/guides/webhook-request
    """
    sid = f"SM{index:032x}"
    return {
        "ToCountry": "JP",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": BODY,
        "FromCountry": "JP",
        "To": OURS,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": number(index),
        "ApiVersion": "2010-04-01",
    }


def signed(public_url: str, path: str, form: Mapping[str, str]) -> bytes:
    """A form post that carries Twilio's signature."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature(f"{public_url}{path}", MultiDict(form), TOKEN),
        "I-Twilio-Idempotency-Token": "00000000-0000-0000-0000-000000000000",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
    }
    return post(path, urlencode(form).encode(), headers)
