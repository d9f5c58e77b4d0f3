"""What a text loses before it is stored."""


def storable(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and lone surrogates, which nothing can encode."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
