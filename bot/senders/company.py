"""Whom a text or a page speaks for: a sender's own data, and the settings where it has none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.language import Language

if TYPE_CHECKING:
    # Loading the settings takes as long as all of a small command.
    from bot.settings import Settings


@dataclass(frozen=True)
class Company:
    """The names people know a company by, and where to reach it; all but the names may be empty."""

    brand_ja: str
    brand_en: str
    legal_name: str
    support_phone: str
    postal_address: str = ""

    @classmethod
    def of(
        cls,
        settings: "Settings",
        brand: str = "",
        brand_en: str = "",
        legal_name: str = "",
        support_phone: str = "",
        postal_address: str = "",
    ) -> "Company":
        """The company of a sender with these data of its own, any of which may be empty."""
        # Two names of different companies would not be two languages of one.
        english = brand_en or brand or settings.HENJI_BRAND_EN or settings.HENJI_BRAND
        return cls(
            brand or settings.HENJI_BRAND,
            english,
            legal_name or settings.HENJI_LEGAL_NAME,
            support_phone or settings.HENJI_SUPPORT_PHONE,
            postal_address,
        )

    def brand(self, language: Language) -> str:
        """The name in a language; one kanji in an English text would double its length."""
        return self.brand_en if language is Language.EN else self.brand_ja

    def called(self, language: Language) -> str:
        """The name in a sentence: the legal one where it is written in that language."""
        return (language is Language.JA and self.legal_name) or self.brand(language)
