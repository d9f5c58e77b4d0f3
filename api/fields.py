"""What one field of a body may hold; what it refuses is told without what it was given."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.billing import cells
from bot.billing.cells import CellRefused
from bot.compliance import purposes
from bot.compliance.ledger import ELSEWHERE, Method
from bot.text import phone
from bot.text.format import TOKYO


def _number(written: str) -> str:
    parsed = phone.parse(written)
    if parsed is None:
        raise PydanticCustomError("number", "This is not a telephone number.")
    return parsed


def _purpose(key: str) -> str:
    if key not in purposes.shipped():
        offered = ", ".join(purposes.shipped())
        raise PydanticCustomError(
            "purpose", "There is no such purpose; there are: " + offered + "."
        )
    return key


def _method(name: str) -> str:
    if name not in METHODS:
        raise PydanticCustomError("method", "Must be one of: " + ", ".join(METHODS) + ".")
    return name


def _past(day: date) -> date:
    if day > datetime.now(TOKYO).date():
        raise PydanticCustomError("past", "This day lies in the future.")
    return day


def _plain(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("plain", "No control characters or line breaks may stand here.")
    return text


def _customer_number(written: str) -> str:
    try:
        return cells.customer_number(written)
    except CellRefused:
        raise PydanticCustomError("customer_number", "This is not a customer number.") from None


METHODS = (*(method.value for method in ELSEWHERE), Method.API.value)
Number = Annotated[
    str,
    StringConstraints(max_length=phone.LONGEST_NOTATION),
    AfterValidator(_number),
    Field(description="In any notation.", examples=["090-0000-0001", "+819000000001"]),
]
Purpose = Annotated[
    str,
    AfterValidator(_purpose),
    WithJsonSchema({"type": "string", "enum": list(purposes.shipped())}),
]
How = Annotated[
    str,
    AfterValidator(_method),
    WithJsonSchema({"type": "string", "enum": list(METHODS)}),
    Field(description="How the person said it; api: your system did not tell."),
]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_plain)]
CustomerNumber = Annotated[Line, AfterValidator(_customer_number)]
Sender = Annotated[
    Annotated[Line, StringConstraints(max_length=phone.LONGEST_NOTATION)] | None,
    Field(description="Which of your sender numbers; needed where there are several."),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Past = Annotated[date, AfterValidator(_past)]
