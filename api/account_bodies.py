"""What a caller may send about the accounts of its customers, and what it gets.

The values are read as the cells of a customer file are: one that cannot be taken refuses its
account, and not the request.
"""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import Body, Evidence
from api.fields import CustomerNumber, Line, Sender
from bot.billing import consent_cells
from bot.billing.customer_rows import COLUMNS

# As many people as are locked together by an import.
MOST_ACCOUNTS = 100
MOST_INVOICES = 100


# Above any amount that is taken, and short enough to be written out.
Whole = Annotated[int, Field(ge=-(10**15), le=10**15)]
Amount = Annotated[
    Line | Whole,
    Field(description="In units of the currency.", examples=["12,800", 12800, "45.50"]),
]
Day = Annotated[Line, Field(description="Empty: none.", examples=["2026-12-25"])]


class InvoiceBody(Body):
    """What is due of one invoice, by your own number of it."""

    invoice_number: Line
    amount_due: Amount
    due_date: Day = ""

    def row(self) -> dict[str, str]:
        """The cells in which the rows of a customer's invoices differ."""
        return {name: str(value) for name, value in self.model_dump().items()}


class AnswersBody(Body):
    """What proves on a page who somebody is, kept as keyed hashes; what is empty stays as it is."""

    birth_date: Line = ""
    name_kana: Line = ""
    postcode: Line = ""
    password: Line = ""


class HeldConsent(Body):
    """Consent that you hold already; without a basis it counts for nothing."""

    purposes: Annotated[list[Line], Field(max_length=20)]
    basis: Line = ""
    obtained_on: Day = ""

    def row(self) -> dict[str, str]:
        """The cells that say the same."""
        agreed = " ".join(self.purposes) or consent_cells.NOBODY_AGREED
        told = (agreed, self.basis, self.obtained_on)
        return dict(zip(consent_cells.COLUMNS, told, strict=True))


class AccountBody(Body):
    """A customer and what is owed: one amount, or invoices that add up to it."""

    phone: Line
    customer_number: Line
    name: Line = ""
    language: Line = Field("", description="ja, en or empty.")
    currency: Line = Field("", description="Its code in ISO 4217; JPY if empty.")
    amount_due: Amount | None = None
    due_date: Day = ""
    invoices: list[InvoiceBody] = Field(default_factory=list, max_length=MOST_INVOICES)
    answers: AnswersBody = Field(default_factory=AnswersBody)
    consent: HeldConsent | None = None

    @model_validator(mode="after")
    def _is_owed_in_one_way(self) -> "AccountBody":
        whole = self.amount_due is not None
        if whole == bool(self.invoices) or (self.due_date and not whole):
            words = "Tell amount_due and due_date of the account, or else of its invoices."
            raise PydanticCustomError("owed", words)
        return self

    def row(self) -> dict[str, str]:
        """The cells of a customer file that say the same, but for its invoices."""
        own = {name: str(value) for name, value in self.model_dump(include={*COLUMNS}).items()}
        held = self.consent.row() if self.consent else {}
        return {**own, **self.answers.model_dump(), **held}


class AccountsBody(Body):
    """Accounts to add or change; those that are not named stay as they are."""

    accounts: Annotated[list[AccountBody], Field(min_length=1, max_length=MOST_ACCOUNTS)]
    evidence: Evidence | None = Field(None, description="What proves the consent of all of them.")
    sender: Sender = None


class RemovalBody(Body):
    """Whose accounts to remove."""

    customer_numbers: Annotated[list[CustomerNumber], Field(min_length=1, max_length=MOST_ACCOUNTS)]


class Unusable(BaseModel):
    """An account that was not taken, and why; nothing of its data is told."""

    line: int = Field(description="Its place in the list, from 1.")
    detail: str


class ConsentTaken(BaseModel):
    """How many people's consent was recorded, was known, or counts for nothing, and why."""

    recorded: int
    known: int = Field(description="The same was recorded before.")
    withdrawn: int = Field(description="They said no since.")
    stopped: int = Field(description="They stopped messages, and stay stopped.")
    without_basis: int


class AccountsTaken(BaseModel):
    """What became of the accounts."""

    added: int
    changed: int
    unchanged: int
    paid: int = Field(
        description="So many told what was due before a payment of the last day: what is due stays."
    )
    refused: list[Unusable]
    consent: ConsentTaken


class Removed(BaseModel):
    """What became of the accounts to remove."""

    removed: int
    gone: int = Field(description="They were removed before.")
    refused: list[Unusable]
