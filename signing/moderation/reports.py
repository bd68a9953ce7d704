"""Names that visitors report: one row a name, whoever reports it and however often."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, delete, func, literal, select, tuple_

from signing.core import clock
from signing.core.db import count_few, count_rows, db, insert
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.core.vault import Place, vault
from signing.moderation import alike
from signing.moderation.models import BulkDeed, Outcome, Report
from signing.moderation.reasons import Reason
from signing.signatures.models import Signature, State
from signing.signatures.wanted import in_state

# So many wait for people at most; who reports more then is asked to write.
MOST_OPEN = 1000


class TooManyReports(Refusal):
    status = 429
    message = _l("Too many names were reported just now. Please write to us instead.")


@dataclass(frozen=True, slots=True)
class Said:
    """A name as a visitor typed it, and what they say about it."""

    name: str
    words: str = ""


def put(letter_id: UUID, said: Said, why: Reason) -> None:
    """Staff are asked to look at the name. One that they have looked at and kept stays kept.

    Nothing is put down for a name that is not shown: there is nothing to look at, and whoever
    invents names would fill the queue.
    """
    if count_few(_open(letter_id), most=MOST_OPEN) > MOST_OPEN:
        raise TooManyReports
    id_, at = new_id(), clock.now()
    plain = json.dumps({"name": said.name, "words": said.words}, ensure_ascii=False)
    values = {
        "letter_id": letter_id,
        "id": id_,
        "name_digest": vault.digest(letter_id, f"report:{said.name.casefold()}"),
        "sealed": vault.seal(place(letter_id, id_), plain.encode()),
        "why": why.value,
        "n": 1,
        "reported_at": at,
    }
    row = insert(Report).from_select([*values], _if_shown(values, letter_id, said.name))
    is_kept = func.coalesce(Report.outcome, "") == Outcome.KEPT.value
    again = {
        "n": Report.n + 1,
        "outcome": case((is_kept, Report.outcome), else_=None),
        "closed_at": case((is_kept, Report.closed_at), else_=None),
    }
    db.session.execute(
        row.on_conflict_do_update(index_elements=["letter_id", "name_digest"], set_=again)
    )


def _if_shown(values: dict[str, Any], letter_id: UUID, name: str) -> Select[Any]:
    """These values, if a signature shows the name: the same statements run if none does."""
    bearer = select(Signature.id).where(
        Signature.letter_id == letter_id,
        Signature.public_name.in_(alike.spelled(letter_id, name)),
        in_state(State.CONFIRMED),
    )
    columns = Report.__table__.columns
    return select(*(literal(value, columns[key].type) for key, value in values.items())).where(
        bearer.exists()
    )


def _open(letter_id: UUID) -> Select[Any]:
    return select(Report.id).where(Report.letter_id == letter_id, Report.closed_at.is_(None))


def place(letter_id: UUID, report_id: UUID) -> Place:
    return Place("reports", letter_id, report_id.bytes)


def open_(report: Report) -> Said:
    """Raises `vault.Unreadable` where the letter's key is destroyed."""
    return Said(**json.loads(vault.open(place(report.letter_id, report.id), report.sealed)))


def close(report: Report, outcome: Outcome) -> None:
    report.outcome = outcome
    report.closed_at = clock.now()
    db.session.flush()


def delete_closed(before: datetime, *, limit: int = 1000) -> int:
    """Delete what was closed before then; returns how many."""
    old = select(Report.letter_id, Report.id).where(Report.closed_at < before).limit(limit)
    key = tuple_(Report.letter_id, Report.id)
    return count_rows(db.session.execute(delete(Report).where(key.in_(old))))


def erase_batch(letter_id: UUID, *, limit: int = 1000) -> int:
    """Forget what was reported and done in bulk under a letter whose data goes."""
    gone = 0
    for table in (Report, BulkDeed):
        some = select(table.id).where(table.letter_id == letter_id).limit(limit)
        old = delete(table).where(table.letter_id == letter_id, table.id.in_(some))
        gone += count_rows(db.session.execute(old))
    return gone


def list_open(letter_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Report]:
    """The oldest first."""
    wanted = select(Report).where(Report.letter_id == letter_id, Report.closed_at.is_(None))
    if after is not None:
        wanted = wanted.where(Report.id > after)
    return db.session.scalars(wanted.order_by(Report.id).limit(limit)).all()
