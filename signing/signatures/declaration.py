"""What somebody declares by sending the form: clean from here on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from signing.letters.models import ConsentPurpose
from signing.signatures.models import Entry
from signing.signatures.person import Person


@dataclass(frozen=True, slots=True)
class Declaration:
    """A person, how they came, and each choice with the wording they read.

    `consents` always holds `ConsentPurpose.SIGN`; the others are there only if chosen.
    """

    person: Person
    country: str  # ISO 3166-1 alpha-2, "" where the letter does not ask
    locale: str
    consents: Mapping[ConsentPurpose, UUID]
    entry: Entry = Entry.FORM
    reasons: tuple[str, ...] = ()  # see `screening.Reason`
