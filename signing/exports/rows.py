"""The rows of an export, a batch at a time: memory does not grow with their number."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, select

from signing.core import clock, locales
from signing.core.db import db
from signing.core.ids import BEFORE_ALL, HOUSE
from signing.core.vault import vault
from signing.exports import columns
from signing.exports.choice import Choice, Preset
from signing.exports.columns import Reading
from signing.mail import suppressions
from signing.partners import queries as partners
from signing.signatures import person
from signing.signatures.models import Consent, Signature

FIRST = 1000  # that the first byte is there soon
BATCH = 4000  # fewer would wait more for the database than they save in memory
REFERENCE_BYTES = 10
# The tables and not the classes: an object a row would cost more than everything else.
S, C = cast(Table, Signature.__table__).c, cast(Table, Consent.__table__).c
READ: tuple[Any, ...] = (
    S.id, S.address_digest, S.sealed, S.country, S.locale, S.public_name, S.hidden_by_staff_at,
    S.created_at, S.confirmed_at, S.entry, S.partner_id,
)  # fmt: skip


def reference(letter_id: UUID, export_id: UUID, signature_id: UUID) -> str:
    """What one signature is called in one export: nobody outside can tell two exports' apart."""
    return references(letter_id, export_id, (signature_id,))[0]


def references(letter_id: UUID, export_id: UUID, ids: Iterable[UUID]) -> list[str]:
    """The same for many, in their order."""
    digest, begin = vault.digester(letter_id), export_id.hex
    return [digest(begin + one.hex)[:REFERENCE_BYTES].hex() for one in ids]


class Reader:
    """Reads one export's rows in the order of their ids, from behind `after` on.

    Whoever confirms after `until` is in none of them, however slowly they are read.
    """

    def __init__(self, choice: Choice, export_id: UUID, *, until: datetime | None = None) -> None:
        self.choice = choice
        self.until = until or clock.now()
        self.letter_id = choice.wanted.letter_id
        self.export_id = export_id
        self.after = BEFORE_ALL
        self._consents: Mapping[int, list[str]] = {}  # by ids as numbers, which hash in no time
        self._told: dict[tuple[str, int], str] = {}

    def read(self, limit: int = 0) -> list[tuple[UUID, tuple[str, ...]]] | None:
        """The next rows, each with its id; None at the end. Raises `vault.Unreadable`."""
        usual = FIRST if self.after == BEFORE_ALL else BATCH
        found = db.session.execute(self._next(limit or usual)).all()
        if not found:
            return None
        self.after = found[-1].id
        if "consents" in self.choice.columns:
            self._consents = self._list_consents(found[0].id, found[-1].id)
        sealed = ((row.address_digest, row.sealed) for row in found)
        people = list(person.open_many(self.letter_id, sealed))
        if self.choice.preset is Preset.MAILING:
            found, people = self._without_suppressed(found, people)
        cells = zip(*(read(found, people) for read in self._readings), strict=True)
        return [*zip([row.id for row in found], cells, strict=True)]

    def conditions(self) -> list[ColumnElement[bool]]:
        return [*self.choice.conditions(), Signature.confirmed_at <= self.until]

    def _next(self, limit: int) -> Select[Any]:
        """By primary key: no cursor to keep open, no offset to count again."""
        wanted: Select[Any] = select(*READ).where(*self.conditions())
        return wanted.where(Signature.id > self.after).order_by(Signature.id).limit(limit)

    @cached_property
    def _readings(self) -> list[Reading]:
        choice = self.choice
        countries = dict(locales.countries(choice.countries_in)) if choice.countries_in else {}
        codes = partners.list_codes(self.letter_id)
        more: dict[str, Reading] = {
            "partner": lambda rows, _people: [
                codes.get(row.partner_id, "") if row.partner_id else "" for row in rows
            ],
            "consents": lambda rows, _people: [
                " ".join(sorted(self._consents.get(row.id.int, ()))) for row in rows
            ],
            columns.REFERENCE: lambda rows, _people: references(
                self.letter_id, self.export_id, (row.id for row in rows)
            ),
        }
        if choice.withholds:
            more["name"] = columns.names_but_hidden
        return columns.readings(choice.columns, countries, more)

    def _list_consents(self, first: UUID, last: UUID) -> Mapping[int, list[str]]:
        """What these agreed to and did not take back: `purpose=wording-id`."""
        rows = db.session.execute(
            select(C.signature_id, C.purpose, C.wording_id)
            .where(C.letter_id == self.letter_id)
            .where(C.signature_id.between(first, last), C.withdrawn_at.is_(None))
        )
        given: dict[int, list[str]] = defaultdict(list)
        for signature_id, purpose, wording_id in rows.all():
            given[signature_id.int].append(self._tell(purpose, wording_id))
        return given

    def _tell(self, purpose: str, wording_id: UUID) -> str:
        """Kept: a million people agreed to a few hundred wordings."""
        key = (purpose, wording_id.int)
        if key not in self._told:
            self._told[key] = f"{purpose}={wording_id}"
        return self._told[key]

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


def draw(
    letter_id: UUID, export_id: UUID, ids: Iterator[UUID], seed: str, n: int
) -> Iterator[list[UUID]]:
    """The `n` signatures whose references come first once hashed with the seed.

    Among more and more of `ids`, so that whoever draws can rest in between; the last is the sample.
    Whoever has the file can draw the same: SHA-256 of seed and reference, as text; the smallest.
    """
    kept: list[tuple[str, UUID]] = []
    yield []
    while some := list(islice(ids, BATCH)):
        named = zip(references(letter_id, export_id, some), some, strict=True)
        drawn = [(_rank(seed, reference_), one) for reference_, one in named]
        kept = heapq.nsmallest(n, kept + drawn)
        yield [one for _rank_, one in kept]


def _rank(seed: str, named: str) -> str:
    return hashlib.sha256(f"{seed}{named}".encode()).hexdigest()
