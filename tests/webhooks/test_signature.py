"""Twilio's signature: the published vector, the package's own validator, and every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from webhooks.signature import is_signed, signature

TOKEN = "12345"
PUBLISHED_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PUBLISHED = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def test_the_published_vector_verifies() -> None:
    assert signature(PUBLISHED_URL, MultiDict(PUBLISHED), TOKEN) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


SPELLINGS = [
    ("https://sms.example.com/in", "https://sms.example.com:443/in"),
    ("https://sms.example.com:443/in", "https://sms.example.com/in"),
    ("https://sms.example.com:8443/in?a=1", "https://sms.example.com/in?a=1"),
    ("http://127.0.0.1:8000/in", "http://127.0.0.1:8000/in"),
    ("http://127.0.0.1:8000/in", "http://127.0.0.1/in"),
    ("https://user:pass@sms.example.com:8443/in", "https://user:pass@sms.example.com/in"),
    ("https://[::1]:8443/in", "https://[::1]/in"),
]


@pytest.mark.parametrize(("ours", "theirs"), SPELLINGS)
def test_the_port_may_be_signed_or_not(ours: str, theirs: str) -> None:
    form = MultiDict({"Body": "残高を教えて", "From": "+819000000001"})

    assert is_signed(ours, form, signature(theirs, form, TOKEN), TOKEN)


@pytest.mark.parametrize("given_signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "ﾊﾝｶｸ", "\udc80"])
def test_a_wrong_signature_is_wrong(given_signature: str) -> None:
    assert not is_signed(PUBLISHED_URL, MultiDict(PUBLISHED), given_signature, TOKEN)


def test_a_changed_body_is_noticed() -> None:
    signed = signature(PUBLISHED_URL, MultiDict(PUBLISHED), TOKEN)

    assert not is_signed(PUBLISHED_URL, MultiDict({**PUBLISHED, "Digits": "1235"}), signed, TOKEN)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(names, names), max_size=8))
def test_it_equals_the_packages_own(pairs: list[tuple[str, str]]) -> None:
    form = MultiDict(pairs)
    theirs = RequestValidator(TOKEN).compute_signature(PUBLISHED_URL, form)

    assert signature(PUBLISHED_URL, form, TOKEN) == theirs
