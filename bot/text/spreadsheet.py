"""Cells that a spreadsheet shows as they are, instead of running them."""

# Excel, LibreOffice and Google Sheets take these as the beginning of a formula; the wide ones do
# so in Japanese. https://owasp.org/www-community/attacks/CSV_Injection
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")


def plain(text: str) -> str:
    """A text for a cell, behind an apostrophe where it would be a formula without one."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(FORMULAS) else text
