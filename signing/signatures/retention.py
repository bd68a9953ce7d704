"""What goes when its time has come: unconfirmed rows, and people of an erased letter."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, insert
from signing.core.ids import HOUSE
from signing.core.vault import vault
from signing.counts.actions import Counted, note
from signing.counts.cells import OTHER, SMALLEST
from signing.letters.models import Letter
from signing.letters.models import State as LetterState
from signing.mail.models import OutgoingMail
from signing.partners import agreeing
from signing.partners.models import What
from signing.signatures import telling
from signing.signatures.models import Entry, RetiredCount, Signature, State

BATCH = 1000
NO_DAY = date(1970, 1, 1)
NOBODY = Counted(OTHER, OTHER, Entry.FORM)  # for lines that change no count but of names


@dataclass(frozen=True, slots=True)
class Cell:
    """What a number of people who have gone have in common."""

    locale: str
    country: str
    partner_id: UUID
    entry: str
    day: date

    @property
    def counted(self) -> Counted:
        partner_id = self.partner_id if self.partner_id != HOUSE else None
        return Counted(self.locale, self.country, self.entry, partner_id)


def delete_pending(before: datetime, *, by: Actor, limit: int = BATCH) -> int:
    """Delete signatures that nobody confirmed since `before`; returns how many.

    The conditions stand in the DELETE itself: who confirms at this very moment stays.
    """
    is_old = (Signature.state == State.PENDING) & (Signature.created_at < before)
    old = select(Signature.letter_id, Signature.id).where(is_old).limit(limit)
    key = tuple_(Signature.letter_id, Signature.id)
    gone = delete(Signature).where(key.in_(old), is_old)
    deleted = count_rows(db.session.execute(gone, execution_options=PLAIN))
    if deleted:
        figures = {"deleted": deleted}
        log.record(Verb.PENDING_DELETED, by=by, subject="signatures", details=figures)
    return deleted


def forget_bounces(before: datetime, *, limit: int = BATCH) -> int:
    """Addresses that failed before then may be written to again; returns how many.

    People move into mailboxes, and providers mend theirs.
    """
    is_old = Signature.bounced_at < before
    old = select(Signature.letter_id, Signature.id).where(is_old).limit(limit)
    key = tuple_(Signature.letter_id, Signature.id)
    forgotten = update(Signature).where(key.in_(old), is_old).values(bounced_at=None)
    return count_rows(db.session.execute(forgotten, execution_options=PLAIN))


def hide_names(letter_id: UUID) -> int:
    """Take all public names of a letter off its page, their time being over; returns how many."""
    shown = update(Signature).where(
        Signature.letter_id == letter_id, Signature.public_name.is_not(None)
    )
    hidden = count_rows(db.session.execute(shown.values(public_name=None), execution_options=PLAIN))
    if hidden:
        note(letter_id, NOBODY, delta=0, shown_delta=-hidden)
    return hidden


def hide_name(signature: Signature) -> None:
    """Take one public name off its letter's page, where what is sealed cannot be read."""
    if signature.public_name is not None:
        signature.public_name = None
        note(signature.letter_id, NOBODY, delta=0, shown_delta=-1)


def begin_erasing(letter: Letter, *, by: Actor) -> None:
    """Destroy the letter's key; the text stays, and the letter is archived.

    What was sealed is unreadable afterwards, in older database backups too. The rows themselves
    are turned into numbers by `retire_batch`, batch by batch, so that nobody has to wait long.
    """
    vault.destroy(letter.id)
    letter.state = LetterState.ARCHIVED
    log.record(Verb.LETTER_ERASED, by=by, subject=letter.slug, letter_id=letter.id)


def retire_batch(letter_id: UUID, *, limit: int = BATCH) -> int:
    """Turn up to `limit` signatures into numbers; returns how many rows went, pending ones too.

    What is counted is what the DELETE itself returns, so that nothing slips in between.
    """
    some = select(Signature.id).where(Signature.letter_id == letter_id).limit(limit)
    columns = (Signature.id, Signature.locale, Signature.country, Signature.partner_id)
    rows = db.session.execute(
        delete(Signature)
        .where(Signature.letter_id == letter_id, Signature.id.in_(some))
        .returning(
            *columns,
            Signature.entry,
            Signature.confirmed_at,
            Signature.public_name,
            Signature.state,
        ),
        execution_options=PLAIN,
    ).all()
    counted = [row for row in rows if row.state == State.CONFIRMED]
    cells = Counter(
        Cell(row.locale, row.country, row.partner_id or HOUSE, row.entry, row.confirmed_at.date())
        for row in counted
    )
    _add_cells(letter_id, cells)
    if shown := sum(row.public_name is not None for row in counted):
        note(letter_id, NOBODY, delta=0, shown_delta=-shown)
    telling.tell_end(letter_id, [row.id for row in rows], What.ERASED)
    return len(rows)


def finish_erasing(letter: Letter, *, by: Actor) -> int:
    """Merge cells that are too small, forget the mails; returns how many people are numbers now."""
    rows = db.session.scalars(select(RetiredCount).where(RetiredCount.letter_id == letter.id))
    cells = Counter(
        {Cell(row.locale, row.country, row.partner_id, row.entry, row.day): row.n for row in rows}
    )
    merged = _merge_small(cells)
    db.session.execute(delete(RetiredCount).where(RetiredCount.letter_id == letter.id))
    _add_cells(letter.id, merged)
    _keep_the_count(letter.id, cells, merged)
    db.session.execute(
        delete(OutgoingMail).where(OutgoingMail.letter_id == letter.id), execution_options=PLAIN
    )
    agreeing.forget_everybody(letter.id)
    letter.erased_at = clock.now()
    figures = {"retired": cells.total()}
    log.record(
        Verb.SIGNATURES_RETIRED, by=by, subject=letter.slug, letter_id=letter.id, details=figures
    )
    return cells.total()


def _add_cells(letter_id: UUID, cells: Counter[Cell]) -> None:
    key = [column.name for column in RetiredCount.__table__.primary_key]
    for cell, n in cells.items():
        row = insert(RetiredCount).values(letter_id=letter_id, n=n, **asdict(cell))
        again = row.on_conflict_do_update(index_elements=key, set_={"n": RetiredCount.n + n})
        db.session.execute(again)


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
        kept.update({cell: n for cell, n in grouped.items() if n >= SMALLEST})
        small = Counter({cell: n for cell, n in grouped.items() if n < SMALLEST})
    return kept + small


def _keep_the_count(letter_id: UUID, cells: Counter[Cell], merged: Counter[Cell]) -> None:
    """Ledger lines for people who are now counted under another cell."""
    changed: Counter[Counted] = Counter()
    for cell, n in merged.items():
        changed[cell.counted] += n
    for cell, n in cells.items():
        changed[cell.counted] -= n
    for counted, delta in changed.items():
        if delta:
            note(letter_id, counted, delta=delta)
