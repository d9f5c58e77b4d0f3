"""What is announced about our senders: the numbers, what they are for, and how our texts look."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from bot.dialogue.turn import Reply
from bot.messaging.answering.render import render
from bot.runtime import Runtime
from bot.senders import registry
from bot.senders.company import Company
from bot.senders.domains import own_domains
from bot.senders.pasted import Ours
from bot.senders.sender import Sender
from bot.settings import Settings
from bot.store.session import transact
from bot.text import phone
from bot.text.format import TOKYO
from bot.text.language import Language
from bot.text.phone import Notations

# What most people will see of us, in the order in which they do, and what it is called.
SAMPLES = {
    "onboarding.consent": "sample_consent",
    "balance.ask_digits": "sample_identity",
    "payment.link": "sample_payment",
    "consent.stopped": "sample_stopped",
}
LONGEST_ASKED = 64
SAMPLE_PATH = "/p/xxxxxxxxxxxx"
SAMPLE_STOP_PATH = "/o/xxxxxxxxxxxx"
SAMPLE_EXPIRY = datetime(2026, 12, 31, 23, 59, tzinfo=TOKYO)


@dataclass(frozen=True)
class Announced:
    """A sender as the public may know it."""

    sender: Sender
    domains: tuple[str, ...]

    @property
    def notations(self) -> Notations:
        """The number in three notations."""
        return phone.notations(self.sender.number)

    @property
    def names(self) -> frozenset[str]:
        """What a person may look it up by, in the form of `sought`."""
        written = vars(self.notations).values()
        return frozenset(map(sought, [*written, *self.sender.displays.values()]))

    def purposes(self, language: Language) -> str:
        """What it is used for in a language, or at least in the other; empty if nobody said."""
        told = self.sender.purposes
        return told[language] or next(filter(None, told.values()), "")

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        sender = self.sender
        return {
            "number": sender.number,
            "notations": vars(self.notations),
            "brand": {language: sender.company.brand(language) for language in Language},
            "legal_name": sender.company.legal_name,
            "support_phone": sender.company.support_phone,
            "postal_address": sender.company.postal_address,
            "purposes": sender.purposes,
            "route": sender.route,
            "inbound": sender.inbound,
            "ways_to_stop": sender.ways_to_stop,
            "displays": sender.displays,
            "link_domains": self.domains,
            "enabled_at": _moment(sender.enabled_at),
            "retired_at": _moment(sender.retired_at),
        }


@dataclass(frozen=True)
class Announcement:
    """Every sender that was ever in use, and the company of the settings."""

    runtime: Runtime
    announced: tuple[Announced, ...]

    @classmethod
    def read(cls, runtime: Runtime) -> "Announcement":
        """As the registry stands now."""
        settings = runtime.settings
        found = transact(runtime.engine, lambda connection: registry.everyone(connection, settings))
        used = (sender for sender in found if sender.enabled_at is not None)
        return cls(runtime, tuple(_announced(one, settings) for one in used))

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.runtime.settings

    @property
    def company(self) -> Company:
        """Whom the page speaks for."""
        return Company.of(self.settings)

    @cached_property
    def in_use(self) -> tuple[Announced, ...]:
        """Those that may write to people."""
        return tuple(one for one in self.announced if one.sender.in_service)

    @cached_property
    def retired(self) -> tuple[Announced, ...]:
        """Those that did."""
        return tuple(one for one in self.announced if not one.sender.in_service)

    def find(self, asked: str) -> Announced | None:
        """The sender of a text, in any notation or as a carrier shows it; None for a stranger."""
        names = {sought(asked), sought(phone.parse(asked) or "")} - {""}
        return next((one for one in self.announced if one.names & names), None)

    def samples(self, language: Language) -> Mapping[str, Mapping[str, str]]:
        """What our texts look like, by the brand that opens them and what they are called."""
        companies = {one.sender.company.brand(language): one.sender.company for one in self.in_use}
        return {brand: self._samples_of(one, language) for brand, one in companies.items()}

    def _samples_of(self, company: Company, language: Language) -> Mapping[str, str]:
        values = {
            "url": f"{self.settings.link_url}{SAMPLE_PATH}",
            "opt_out_url": f"{self.settings.link_url}{SAMPLE_STOP_PATH}",
            "expires": SAMPLE_EXPIRY,
        }
        edition = self.runtime.edition
        rendered = {
            called: render(Reply(key, values), language, edition, company)
            for key, called in SAMPLES.items()
        }
        return {called: sample.body for called, sample in rendered.items() if sample}

    def ours(self) -> Ours:
        """What a pasted text is compared with."""
        companies = [self.company, *(one.sender.company for one in self.announced)]
        contacts = (phone.parse(company.support_phone) for company in companies)
        numbers = [*filter(None, contacts), *(one.sender.number for one in self.announced)]
        return Ours.of(
            brands={company.brand(language) for company in companies for language in Language},
            domains={*own_domains(self.settings), *chain(*(one.domains for one in self.announced))},
            numbers=set(numbers),
            shipped=self.runtime.scripts,
        )

    def as_organization(self) -> Mapping[str, Any]:
        """The company in the words of schema.org, for search engines."""
        return {
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": self.company.brand_ja,
            "legalName": self.company.legal_name,
            "telephone": self.company.support_phone,
            "contactPoint": [
                {"@type": "ContactPoint", "contactType": "SMS", "telephone": one.sender.number}
                for one in self.in_use
            ],
        }

    def as_json(self) -> Mapping[str, Any]:
        """All of it for programs."""
        return {
            "senders": [one.as_json() for one in self.announced],
            "samples": {language: self.samples(language) for language in Language},
        }


def sought(written: str) -> str:
    """What of a number or name decides whether two are the same: letters and digits."""
    folded = unicodedata.normalize("NFKC", written[:LONGEST_ASKED]).casefold()
    return "".join(filter(str.isalnum, folded))


def _announced(sender: Sender, settings: Settings) -> Announced:
    return Announced(sender, tuple(dict.fromkeys([*own_domains(settings), *sender.link_domains])))


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
