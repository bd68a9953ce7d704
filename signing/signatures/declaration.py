"""What somebody declares by sending the form: clean from here on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from signing.letters.models import ConsentPurpose
from signing.signatures.models import CONTROLLER, Entry
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
    partner_id: UUID | None = None  # who brought them here
    reasons: tuple[str, ...] = ()  # see `screening.Reason`

    def receiver_of(self, purpose: ConsentPurpose) -> UUID:
        """Whom a consent is given to: the controller, or the partner whose form or link it was."""
        if purpose is ConsentPurpose.PARTNER and self.partner_id is not None:
            return self.partner_id
        return CONTROLLER
