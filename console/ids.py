"""Ids in the console's addresses."""

from werkzeug.routing import IntegerConverter, ValidationError

from bot.text.whole import whole


class Id(IntegerConverter):
    """A number that a database takes for an id; an address with any other leads nowhere."""

    def to_python(self, value: str) -> int:
        """The number."""
        found = whole(value)
        if found is None:
            raise ValidationError
        return found
