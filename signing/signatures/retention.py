"""What goes when its time has come: unconfirmed rows, and people of an erased letter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_

from signing.audit import Actor, Verb, log
from signing.core.db import count_rows, db, insert
from signing.core.ids import HOUSE
from signing.core.vault import vault
from signing.counts.actions import Kind, note
from signing.letters.models import Letter
from signing.letters.models import State as LetterState
from signing.mail.models import OutgoingMail
from signing.signatures.models import OTHER, Consent, Entry, RetiredCount, Signature, State

BATCH = 1000
SMALL_CELL = 10  # fewer people than this could be told apart
NO_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a number of people who have gone have in common."""

    locale: str
    country: str
    partner_id: UUID
    entry: str
    day: date

    @property
    def kind(self) -> Kind:
        partner_id = self.partner_id if self.partner_id != HOUSE else None
        return Kind(self.locale, self.country, self.entry, partner_id)


def delete_pending(before: datetime, *, limit: int = BATCH) -> int:
    """Delete signatures that nobody confirmed since `before`; returns how many."""
    old = (
        select(Signature.letter_id, Signature.id)
        .where(Signature.state == State.PENDING, Signature.created_at < before)
        .limit(limit)
    )
    key = tuple_(Signature.letter_id, Signature.id)
    gone = delete(Signature).where(key.in_(old)).execution_options(synchronize_session=False)
    return count_rows(db.session.execute(gone))


def erase(letter: Letter, *, by: Actor) -> int:
    """Destroy the letter's key, then turn its people into numbers; returns how many there were.

    What was sealed is unreadable afterwards, in older database backups too. The text and the
    count stay; the letter is archived.
    """
    vault.destroy(letter.id)
    retired = _retire_everybody(letter.id)
    letter.state = LetterState.ARCHIVED
    log.record(
        Verb.LETTER_ERASED,
        by=by,
        subject=letter.slug,
        letter_id=letter.id,
        details={"retired": retired},
    )
    return retired


def _retire_everybody(letter_id: UUID) -> int:
    cells = _cells(letter_id)
    merged = _merge_small(cells)
    _keep_the_count(letter_id, cells, merged)
    for cell, n in merged.items():
        row = insert(RetiredCount).values(
            letter_id=letter_id,
            locale=cell.locale,
            country=cell.country,
            partner_id=cell.partner_id,
            entry=cell.entry,
            day=cell.day,
            n=n,
        )
        key = [column.name for column in RetiredCount.__table__.primary_key]
        db.session.execute(
            row.on_conflict_do_update(index_elements=key, set_={"n": RetiredCount.n + n})
        )
    for table in (Consent, Signature, OutgoingMail):
        db.session.execute(
            delete(table)
            .where(table.letter_id == letter_id)
            .execution_options(synchronize_session=False)
        )
    return cells.total()


def _cells(letter_id: UUID) -> Counter[Cell]:
    day = func.date(Signature.confirmed_at)
    keys = (Signature.locale, Signature.country, Signature.partner_id, Signature.entry, day)
    rows = db.session.execute(
        select(*keys, func.count())
        .where(Signature.letter_id == letter_id, Signature.state == State.CONFIRMED)
        .group_by(*keys)
    )
    return Counter(
        {
            Cell(locale, country, partner_id or HOUSE, entry, date.fromisoformat(str(on))): n
            for locale, country, partner_id, entry, on, n in rows
        }
    )


def _merge_small(cells: Counter[Cell]) -> Counter[Cell]:
    """Cells of ten and more as they are; smaller ones with less and less said about them."""
    coarser = (
        lambda cell: cell,
        lambda cell: replace(cell, day=NO_DAY, country=OTHER, entry=Entry.FORM, partner_id=HOUSE),
        lambda _cell: Cell(OTHER, OTHER, HOUSE, Entry.FORM, NO_DAY),
    )
    kept: Counter[Cell] = Counter()
    small = cells
    for coarsen in coarser:
        grouped: Counter[Cell] = Counter()
        for cell, n in small.items():
            grouped[coarsen(cell)] += n
        kept.update({cell: n for cell, n in grouped.items() if n >= SMALL_CELL})
        small = Counter({cell: n for cell, n in grouped.items() if n < SMALL_CELL})
    return kept + small


def _keep_the_count(letter_id: UUID, cells: Counter[Cell], merged: Counter[Cell]) -> None:
    """Ledger lines for people who are now counted under another cell, and for names gone."""
    by_kind: Counter[Kind] = Counter()
    for cell, n in merged.items():
        by_kind[cell.kind] += n
    for cell, n in cells.items():
        by_kind[cell.kind] -= n
    for kind, delta in by_kind.items():
        if delta:
            note(letter_id, kind, delta=delta)
    shown = db.session.scalar(
        select(func.count(Signature.public_name)).where(
            Signature.letter_id == letter_id, Signature.state == State.CONFIRMED
        )
    )
    if shown:
        nobody = Kind(OTHER, OTHER, Entry.FORM)
        note(letter_id, nobody, delta=0, shown_delta=-shown)
