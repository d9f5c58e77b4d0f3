"""Whole numbers as addresses and forms tell them, who may write anything there."""

# What an id is at the most, in every database.
LARGEST_ID = 2**63 - 1


def whole(written: str, most: int = LARGEST_ID) -> int | None:
    """A number from 0 to `most` in digits; None for anything else.

    Python takes the digits of every script for digits, and refuses to read very many of them.
    """
    readable = written.isascii() and written.isdecimal() and len(written) <= len(str(most))
    return int(written) if readable and int(written) <= most else None
