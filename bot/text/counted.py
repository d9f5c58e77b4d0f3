"""How many of something, in English: the noun is told in the singular for one alone."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 segment", "2 segments"; `many` where an s does not make it."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
