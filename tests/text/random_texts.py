"""Texts made to find the borders of segments: the same ones on every machine and Python."""

import hashlib
from collections.abc import Iterator

HOW_MANY = 20_000
FAMILY, HEART, KEYCAP = "👨\u200d👩\u200d👧\u200d👦", "❤\ufe0f", "1\ufe0f\u20e3"
FLAGS = ("🇯🇵", "🇺🇸", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")
SKINS = ("👍🏽", "👩🏿\u200d💻", "🙏🏻")
MARKS = (
    "e\u0301",
    "か\u3099",
    "ハ\u309a",
    "a\u0300\u0301\u0302",
    "ก็",
    "कि",
    "ஊ",
    "\u1112\u1161\u11ab",
)
GSM_7 = tuple("abcXYZ019 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n")
EXTENSION = tuple("^{}\\[~]|€\f")
JAPANESE = tuple("あいうえおアイウ残高支払配信停止【】「」。、ー～①㈱髙ｱｲ１Ａ")
OTHER = (
    "’",
    "“",
    "…",
    "\u00a0",
    "\u200b",
    "ç",
    "ł",
    "Ж",
    "ع",
    "ש",
    "中",
    "한",
    "𠮷",
    "𩸽",
    "\r\n",
    "\r",
    "\t",
)
KINDS = (
    (GSM_7,),
    (GSM_7, EXTENSION),
    (EXTENSION,),
    (JAPANESE,),
    (JAPANESE, GSM_7),
    (JAPANESE, GSM_7, EXTENSION, (FAMILY, HEART, KEYCAP)),
    (("😀", "𠮷", FAMILY), FLAGS, SKINS),
    (MARKS, JAPANESE),
    (MARKS, OTHER, GSM_7),
    (GSM_7, EXTENSION, JAPANESE, OTHER, MARKS, FLAGS, SKINS, (FAMILY, HEART, KEYCAP, "😀")),
)
# Where one text of a kind takes one segment more than another.
BORDERS = (1, 70, 67, 134, 160, 153, 306, 201, 335)


def texts() -> Iterator[str]:
    """The texts, in order."""
    return (_text(number) for number in range(HOW_MANY))


def _text(number: int) -> str:
    """Pieces of one kind, up to about the length of a border or to any length."""
    drawn = _numbers(number)
    kind = KINDS[next(drawn) % len(KINDS)]
    near = BORDERS[next(drawn) % len(BORDERS)] + next(drawn) % 5 - 2
    length = near if next(drawn) % 3 else next(drawn) % 400
    text = ""
    while len(text) < length:
        group = kind[next(drawn) % len(kind)]
        text += group[next(drawn) % len(group)]
    return text


def _numbers(seed: int) -> Iterator[int]:
    """Endless numbers from 0 to 65,535; a library's own may differ between its versions."""
    for block in range(1 << 16):
        digest = hashlib.sha256(f"{seed} {block}".encode()).digest()
        yield from (int.from_bytes(digest[at : at + 2], "big") for at in range(0, 32, 2))
