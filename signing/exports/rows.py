"""The rows of an export, a batch at a time: memory does not grow with their number."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, Table, select

from signing.core import locales
from signing.core.db import db
from signing.core.ids import HOUSE
from signing.core.vault import vault
from signing.exports import columns
from signing.exports.choice import Choice, Preset
from signing.exports.columns import Getter
from signing.mail import suppressions
from signing.partners import queries as partners
from signing.signatures import person
from signing.signatures.models import Consent, Signature

BATCH = 1000
NOWHERE = UUID(int=0)  # before the first row
REFERENCE_BYTES = 10
# The tables and not the classes: an object a row would cost more than everything else.
S, C = cast(Table, Signature.__table__).c, cast(Table, Consent.__table__).c
READ: tuple[Any, ...] = (
    S.id, S.address_digest, S.sealed, S.country, S.locale, S.public_name, S.hidden_by_staff_at,
    S.created_at, S.confirmed_at, S.entry, S.partner_id,
)  # fmt: skip


@lru_cache(4096)
def _told(purpose: str, wording_id: UUID) -> str:
    """Kept: a million people agreed to a few hundred wordings."""
    return f"{purpose}={wording_id}"


def reference(letter_id: UUID, export_id: UUID, signature_id: UUID) -> str:
    """What one signature is called in one export: nobody outside can tell two exports' apart."""
    told = f"{export_id.hex}{signature_id.hex}"
    return vault.digest(letter_id, told)[:REFERENCE_BYTES].hex()


class Reader:
    """Reads one export's rows in the order of their ids, from behind `after` on."""

    def __init__(self, choice: Choice, export_id: UUID) -> None:
        self.choice = choice
        self.letter_id = choice.wanted.letter_id
        self.export_id = export_id
        self.after = NOWHERE
        self._consents: Mapping[UUID, list[str]] = {}

    def read(self, limit: int = BATCH) -> list[tuple[UUID, tuple[str, ...]]] | None:
        """The next rows, each with its id; None at the end. Raises `vault.Unreadable`."""
        found = db.session.execute(self._next(limit)).all()
        if not found:
            return None
        self.after = found[-1].id
        if "consents" in self.choice.columns:
            self._consents = self._list_consents(found[0].id, found[-1].id)
        sealed = ((row.address_digest, row.sealed) for row in found)
        people = list(person.open_many(self.letter_id, sealed))
        if self.choice.preset is Preset.MAILING:
            found, people = self._without_suppressed(found, people)
        getters = self._getters
        return [
            (row.id, tuple([get(row, who) for get in getters]))
            for row, who in zip(found, people, strict=True)
        ]

    def _next(self, limit: int) -> Select[Any]:
        """By primary key: no cursor to keep open, no offset to count again."""
        wanted: Select[Any] = select(*READ).where(*self.choice.conditions())
        return wanted.where(Signature.id > self.after).order_by(Signature.id).limit(limit)

    @cached_property
    def _getters(self) -> list[Getter]:
        choice = self.choice
        countries = dict(locales.countries(choice.countries_in)) if choice.countries_in else {}
        codes = partners.list_codes(self.letter_id)
        more: dict[str, Getter] = {
            "partner": lambda row, _who: codes.get(row.partner_id, ""),
            "consents": lambda row, _who: " ".join(sorted(self._consents.get(row.id, ()))),
            columns.REFERENCE: lambda row, _who: reference(self.letter_id, self.export_id, row.id),
        }
        return columns.getters(choice.columns, countries, more)

    def _list_consents(self, first: UUID, last: UUID) -> Mapping[UUID, list[str]]:
        """What these agreed to and did not take back: `purpose=wording-id`."""
        rows = db.session.execute(
            select(C.signature_id, C.purpose, C.wording_id)
            .where(C.letter_id == self.letter_id)
            .where(C.signature_id.between(first, last), C.withdrawn_at.is_(None))
        )
        given: dict[UUID, list[str]] = defaultdict(list)
        for signature_id, purpose, wording_id in rows:
            given[signature_id].append(_told(purpose, wording_id))
        return given

    def _without_suppressed(
        self, found: Sequence[Row[Any]], people: list[dict[str, str]]
    ) -> tuple[list[Row[Any]], list[dict[str, str]]]:
        """Who asked never to be written to is in no list of people to write to."""
        digests = [person.house_digest(who["email"]) for who in people]
        quiet = {
            digest
            for digest, scope in suppressions.list_suppressed(digests)
            if scope in {HOUSE, self.letter_id}
        }
        kept = [
            (row, who)
            for row, who, digest in zip(found, people, digests, strict=True)
            if digest not in quiet
        ]
        return [row for row, _who in kept], [who for _row, who in kept]


def sample(letter_id: UUID, export_id: UUID, ids: Iterator[UUID], seed: str, n: int) -> list[UUID]:
    """The `n` signatures whose references come first once hashed with the seed.

    Whoever has the file can draw the same: SHA-256 of seed and reference, as text; the smallest.
    """
    drawn = ((_rank(seed, reference(letter_id, export_id, one)), one) for one in ids)
    return [one for _rank_, one in heapq.nsmallest(n, drawn)]


def _rank(seed: str, named: str) -> str:
    return hashlib.sha256(f"{seed}{named}".encode()).hexdigest()
