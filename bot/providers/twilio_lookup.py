"""Twilio's Lookup, version 2: what is asked of a number, and what the answer says.

https://www.twilio.com/docs/lookup/v2-api
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.providers import NumberStatus
from bot.setting_types import LookUp

API = "https://lookups.twilio.com"
# Reassigned Number knows the United States only, with which Canada shares its code; one of there
# is answered with "no_data_available".
KNOWS_OWNERS = "+1"
# The line types of https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence that no SMS
# reaches; VoIP lines and toll-free numbers may take it.
TAKES_NO_TEXTS = frozenset({"landline", "pager", "premium", "sharedCost", "uan", "voicemail"})
_FIELDS = {
    LookUp.LINE_TYPE: "line_type_intelligence",
    LookUp.REASSIGNED: "reassigned_number",
}
_REASSIGNED = {"yes": True, "no": False}


def question(number: str, since: date | None, asked: frozenset[LookUp]) -> Mapping[str, str]:
    """The parameters of a look-up as the package names them; empty where there is none to make."""
    if since is None or not number.startswith(KNOWS_OWNERS):
        asked -= {LookUp.REASSIGNED}
    fields = [field for look_up, field in _FIELDS.items() if look_up in asked]
    if not fields:
        return {}
    day = {"last_verified_date": f"{since:%Y%m%d}"} if since and LookUp.REASSIGNED in asked else {}
    return {"fields": ",".join(fields), **day}


def status(found: Any) -> NumberStatus:
    """What Twilio's answer says; a package that failed says nothing."""
    line = _of(found.line_type_intelligence).get("type")
    owner = _of(found.reassigned_number).get("is_number_reassigned")
    known = isinstance(line, str) and line != "unknown"
    return NumberStatus(
        line if known else None,
        line not in TAKES_NO_TEXTS if known else None,
        _REASSIGNED.get(str(owner).lower()),
    )


def _of(package: object) -> Mapping[str, Any]:
    return package if isinstance(package, dict) and not package.get("error_code") else {}
