"""What a person reads on a page."""

import re
from html import unescape

from werkzeug.test import TestResponse


def words(page: TestResponse) -> str:
    """What a page shows, without its tags."""
    body = page.text.partition("<body>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))
