"""The single words that Twilio answers by itself unless told otherwise.

https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out and
https://support.twilio.com/hc/en-us/articles/360058144374 for toll-free numbers.
"""

from collections.abc import Mapping

from bot.dialogue.vocabulary import Intent
from bot.setting_types import OptOutMode

STOP_WORDS = frozenset(
    ["stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"]
)
ANSWERED_BY_TWILIO: Mapping[OptOutMode, Mapping[str, Intent]] = {
    OptOutMode.APP_MANAGED: {},
    OptOutMode.TWILIO_ADVANCED: {},
    OptOutMode.TWILIO_DEFAULT: {
        **dict.fromkeys(STOP_WORDS, Intent.STOP),
        **dict.fromkeys(("start", "unstop"), Intent.START),
        **dict.fromkeys(("help", "info"), Intent.HELP),
    },
    OptOutMode.TOLL_FREE: {"stop": Intent.STOP, "start": Intent.START, "unstop": Intent.START},
}


def answered_by_twilio(mark: str | None, text: str, mode: OptOutMode) -> Intent | None:
    """What Twilio took a text for and has already answered, by its mark or by its word lists."""
    if mark in {Intent.STOP, Intent.START, Intent.HELP}:
        return Intent(mark)
    return ANSWERED_BY_TWILIO[mode].get(text.strip().lower())
