"""The hosts of links and the telephone numbers that stand in a text."""

import re
from collections.abc import Iterator

from bot.text import phone

# Where browsers see the end of a host; what stands before "@" is no host but a lure.
_LINK = re.compile(r"""[a-z][a-z0-9+.-]{0,15}://([^\s/?#\\"<>「」『』【】]+)([!-~]*)""")
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_TOP_LABEL = re.compile(r"[a-z]{2}")
# Japanese is written without spaces, so its words may stick to the end of a host.
_GLUED = re.compile(r"[^\x00-\x7f]+$")
_DASHED_NUMBER = re.compile(r"(?<![\w+])\+?[0-9][0-9()‐-―−ー-]{6,16}[0-9](?!\w)", re.ASCII)
_SPACED_NUMBER = re.compile(r"(?<![\w+])\+?[0-9]{1,4}(?: [0-9‐-―−ー-]{2,9}){1,4}(?!\w)", re.ASCII)


def hosts(text: str) -> Iterator[str]:
    """Where the links of a text lead, also those without a scheme that telephones underline."""
    for link in _LINK.finditer(text):
        yield _host(link[1])
    for found in _DOTTED.findall(_LINK.sub(" ", text)):
        if _TOP_LABEL.match(found.rsplit(".", 1)[1]):
            yield _GLUED.sub("", found)


def numbers(text: str) -> Iterator[str]:
    """The telephone numbers of a text in E.164 form, those in links apart."""
    unlinked = _LINK.sub(" ", text)
    for pattern in (_DASHED_NUMBER, _SPACED_NUMBER):
        yield from filter(None, map(phone.parse, pattern.findall(unlinked)))


def _host(authority: str) -> str:
    return re.sub(r":\d*$", "", authority.rsplit("@", 1)[-1]).rstrip(".")
