"""The cases of every provider, in the order of the roll call in `bot/app.py`."""

import pytest

from tests.cases import twilio, vonage

CASES = [twilio.CASE, vonage.CASE]

every_provider = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
