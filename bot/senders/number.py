"""What may stand as the sender of a text: a telephone number or, for a reason, a name."""

import re
import unicodedata

from bot.errors import SenderRefused
from bot.text import phone

# What carriers take for an alphanumeric sender: at most 11 characters, one of them a letter.
_NAME = re.compile(r"(?=[^a-z]*[a-z])[a-z0-9 &._+-]{1,11}", re.ASCII | re.IGNORECASE)
LONGEST_REASON = 200


def read(raw: str) -> str:
    """The sender that somebody wrote: E.164 from any notation, or a name.

    Raises SenderRefused for anything else, above all for digits that are no telephone number:
    anybody can take such a name, and it looks like a number to reply to.
    """
    if number := phone.parse(raw):
        return number
    written = unicodedata.normalize("NFKC", raw).strip()
    if _NAME.fullmatch(written):
        return written
    if re.fullmatch(r"[+\d\s()-]+", written):
        raise SenderRefused(
            f"{written} is no telephone number, and a name cannot be digits only.",
            "電話番号ではありません。数字だけの送信者名は登録できません。",
        )
    raise SenderRefused(
        "A sender is a telephone number, or a name of at most 11 Latin letters and digits.",
        "送信者には、電話番号か、11文字以内の英数字の名前を指定してください。",
    )


def is_name(sender: str) -> bool:
    """Whether a sender is a name, to which nobody can reply."""
    return not phone.is_e164(sender)


def check_override(sender: str, reason: str) -> str | None:
    """The reason to keep with a name, None for a number; SenderRefused for a name without one."""
    if not is_name(sender):
        return None
    why = " ".join(reason.split())
    if not why:
        raise SenderRefused(
            f"{sender} is a name: anybody can send under it, and nobody can reply to it."
            " Use a telephone number, or give the reason of an administrator to override this.",
            "送信者名（英字）は、だれでも名乗れるうえ、ご返信も届きません。"
            "電話番号を使うか、管理者が例外とする理由を指定してください。",
        )
    return why[:LONGEST_REASON]
