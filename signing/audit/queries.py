"""Questions to the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, literal, select, tuple_

from signing.audit.events import Verb
from signing.audit.models import AuditEvent
from signing.core import days, keyset
from signing.core.db import Moment, db


def list_of_letter(letter_id: UUID, *, limit: int = 100) -> Sequence[AuditEvent]:
    """The newest events of a letter first."""
    newest = select(AuditEvent).where(AuditEvent.letter_id == letter_id)
    return db.session.scalars(newest.order_by(AuditEvent.id.desc()).limit(limit)).all()


def has_happened(letter_id: UUID, verb: Verb) -> bool:
    """Whether this was ever done to a letter, as far back as the log goes."""
    event = select(AuditEvent.id).where(AuditEvent.letter_id == letter_id, AuditEvent.verb == verb)
    return db.session.scalar(event.limit(1)) is not None


def list_details(
    verbs: Collection[Verb], *, letter_id: UUID, actor_id: str, since: datetime
) -> Sequence[Mapping[str, Any]]:
    """What was noted each time that somebody did one of these to a letter."""
    wanted = select(AuditEvent.details).where(
        AuditEvent.letter_id == letter_id,
        AuditEvent.at > since,
        AuditEvent.actor_id == actor_id,
        AuditEvent.verb.in_(verbs),
    )
    return db.session.scalars(wanted).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: empty values filter nothing; `letters` None means all, the house's too."""

    letters: Collection[UUID] | None = None
    verb: str = ""
    subject: str = ""
    actor_id: str = ""
    day: date | None = None  # by the clocks of `zone`
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log an event stands: by its moment, and among those of one moment by its id."""

    at: datetime
    id: UUID

    @classmethod
    def of(cls, event: AuditEvent) -> Place:
        return cls(event.at, event.id)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """What `str` wrote; None for anything else."""
        at, _, id_ = text.partition("_")
        try:
            return cls(keyset.moment(at), UUID(hex=id_))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{keyset.micros(self.at)}_{self.id.hex}"


def list_page(
    wanted: Wanted, *, after: Place | None, limit: int, is_oldest_first: bool = False
) -> Sequence[AuditEvent]:
    """The newest first, from behind `after` on: a page costs the same wherever it is."""
    events = select(AuditEvent)
    if wanted.letters is not None:
        events = events.where(_of(wanted.letters))
    if wanted.verb:
        events = events.where(AuditEvent.verb == wanted.verb)
    if wanted.subject:
        events = events.where(AuditEvent.subject == wanted.subject)
    if wanted.actor_id:
        events = events.where(AuditEvent.actor_id == wanted.actor_id)
    events = events.where(*_in_day(wanted))
    if after is not None:
        here = tuple_(AuditEvent.at, AuditEvent.id)
        there = tuple_(literal(after.at, Moment()), literal(after.id))
        events = events.where(here > there if is_oldest_first else here < there)
    order = [AuditEvent.at, AuditEvent.id]
    in_time = [one.asc() if is_oldest_first else one.desc() for one in order]
    return db.session.scalars(events.order_by(*in_time).limit(limit)).all()


def _in_day(wanted: Wanted) -> list[ColumnElement[bool]]:
    begin, end = days.span(wanted.day, wanted.day, ZoneInfo(wanted.zone))
    since = [] if begin is None else [AuditEvent.at >= begin]
    return since if end is None else [*since, AuditEvent.at < end]


def _of(letters: Collection[UUID]) -> ColumnElement[bool]:
    """One letter is a way along the index of its events; of several the database has to choose."""
    if len(letters) == 1:
        (only,) = letters
        return AuditEvent.letter_id == only
    return AuditEvent.letter_id.in_(letters)
