"""What people owe: where it is known, who is told, the link to pay by, and the receipt."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from bot.setting_types import MOST_QUESTIONS, Disclosure, Question, names


class BillingSettings(BaseModel):
    """The settings of what people owe; each description completes "NAME must be …"."""

    HENJI_BALANCE_SOURCE: Path | None = Field(
        None,
        description="a file that describes your own system as the source of what people owe; see"
        " docs/payments.md (empty: the accounts that were imported)",
    )
    HENJI_BALANCE_SECRET: SecretStr | None = Field(
        None, description="what stands for {secret} in that file, such as a token of that system"
    )
    HENJI_QUESTIONS: Annotated[str, AfterValidator(names(*Question, most=MOST_QUESTIONS))] = Field(
        "customer_number",
        description="what the payment page asks to know who is there: one to four of"
        " customer_number, phone (the last four digits of each), birth_date, name_kana, postcode"
        " and password, separated by commas",
    )
    HENJI_DISCLOSURE: Disclosure = Field(
        Disclosure.AFTER_VERIFICATION,
        description="when a text may say what is owed: after_verification, or in_text without it",
    )
    HENJI_WRONG_ANSWERS: Annotated[int, Field(ge=1, le=1000)] = Field(
        5,
        description="the wrong answers in an hour after which an address on the Internet may give"
        " no more, 1 to 1000; people behind one carrier may share theirs",
    )
    HENJI_LINK_HOURS: Annotated[int, Field(ge=1, le=720)] = Field(
        24, description="the hours for which a payment link can be opened, 1 to 720"
    )
    HENJI_LEAST_PART: Annotated[int, Field(ge=0, le=99)] = Field(
        0,
        description="the least part of what is due that people may pay by a link of its own, in"
        " percent, 1 to 99 (0: who wants to pay a part gets a person)",
    )
    HENJI_REGISTRATION_NUMBER: Annotated[str, Field(pattern=r"^T[0-9]{13}$")] | None = Field(
        None,
        description="your number as an issuer of qualified invoices (登録番号), T and 13 digits,"
        " shown on receipts",
    )
    HENJI_RECEIPT_FOR: Annotated[str, Field(max_length=60)] = Field(
        "", description="what a receipt says the money is for (但し書き; ご利用料金として if empty)"
    )
    HENJI_TAX_PERCENT: Annotated[int, Field(ge=1, le=99)] | None = Field(
        None,
        description="the consumption tax in percent that every amount in yen includes, shown on"
        " receipts (empty: not shown)",
    )

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions of `HENJI_QUESTIONS`, in order."""
        return tuple(Question(name) for name in self.HENJI_QUESTIONS.split(","))
