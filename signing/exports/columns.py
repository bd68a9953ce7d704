"""The columns of an export, and one signature as a row of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signing.signatures.models import Signature
from signing.signatures.person import Person

COLUMNS = (
    "name",
    "email",
    "country",
    "city",
    "language",
    "comment",
    "shown_name",
    "signed_at",
    "confirmed_at",
    "consents",
    "entry",
    "partner",
)


def row(
    signature: Signature, person: Person, consents: Sequence[tuple[str, UUID]]
) -> tuple[str, ...]:
    """One cell a column. Times are UTC, ISO 8601; consents read `purpose=wording-id`."""
    return (
        person.name,
        person.email,
        signature.country,
        person.city,
        signature.locale,
        person.comment,
        signature.public_name or "",
        _time(signature.created_at),
        _time(signature.confirmed_at),
        " ".join(f"{purpose}={wording_id}" for purpose, wording_id in sorted(consents)),
        signature.entry,
        str(signature.partner_id or ""),
    )


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
