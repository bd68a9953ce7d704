"""What waits for a person's eye: objections first, then reported names, then what screening saw.

Each list is read along a partial index that holds what waits and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select

from signing.audit import Actor, Verb, log
from signing.core.db import db
from signing.core.tokens import SignatureRef
from signing.core.vault import Unreadable
from signing.moderation import actions, alike, objections, reports, waiting
from signing.moderation.actions import Why
from signing.moderation.models import Decision, Deed, Outcome, Report, Source
from signing.moderation.reasons import Reason
from signing.moderation.reports import Said
from signing.signatures import staff_actions
from signing.signatures.models import Signature, State
from signing.signatures.wanted import IS_FLAGGED

MOST_ALIKE = 20  # people of one name that a report is shown with


class Sort(StrEnum):
    OBJECTION = "objection"
    REPORT = "report"
    SCREENED = "screened"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at, with the signatures that it is about."""

    sort: Sort
    id: UUID
    signatures: Sequence[Signature]
    said: Said | None = field(default=None, repr=False)
    report: Report | None = None
    decision: Decision | None = None

    @property
    def place(self) -> str:
        """Where it stands in the queue, as `find_next` reads it."""
        return f"{self.sort}:{self.id.hex}"


class NoSuchItem(staff_actions.AlreadyDone):
    """Somebody else has dealt with it."""


def find_next(letter_id: UUID, after: str = "") -> Item | None:
    """What comes after this place; raises `ValueError` for a place that is none."""
    sort, _, id_ = after.partition(":")
    begun = [*Sort].index(Sort(sort)) if after else 0
    behind = UUID(hex=id_) if after else None
    for one in [*Sort][begun:]:
        found = _READ[one](letter_id, behind)
        if found:
            return found
        behind = None
    return None


def get(letter_id: UUID, sort: Sort, id_: UUID) -> Item:
    """The item, if it still waits; raises `NoSuchItem`."""
    found = _READ[sort](letter_id, UUID(int=id_.int - 1) if id_.int else None)
    if found is None or found.id != id_:
        raise NoSuchItem
    return found


def _read_objection(letter_id: UUID, after: UUID | None) -> Item | None:
    found = objections.list_open(letter_id, after=after, limit=1)
    if not found:
        return None
    decision = found[0]
    signature = staff_actions.get(letter_id, decision.signature_id)
    said = Said("", _opened(decision))
    return Item(Sort.OBJECTION, decision.id, [signature], said, decision=decision)


def _opened(decision: Decision) -> str:
    try:
        return objections.open_(decision)
    except Unreadable:
        return ""


def _read_report(letter_id: UUID, after: UUID | None) -> Item | None:
    found = reports.list_open(letter_id, after=after, limit=1)
    if not found:
        return None
    report = found[0]
    try:
        said = reports.open_(report)
    except Unreadable:
        said = Said("")
    return Item(Sort.REPORT, report.id, list_shown_as(letter_id, said.name), said, report=report)


def list_shown_as(letter_id: UUID, name: str) -> Sequence[Signature]:
    """Signatures under which this name is shown, in capitals or not; the first, if many."""
    spelled = Signature.public_name.in_(alike.spelled(letter_id, name))
    wanted = select(Signature).where(Signature.letter_id == letter_id, spelled)
    return db.session.scalars(wanted.order_by(Signature.id).limit(MOST_ALIKE)).all()


def _read_screened(letter_id: UUID, after: UUID | None) -> Item | None:
    wanted = _screened(letter_id)
    if after is not None:
        wanted = wanted.where(Signature.id > after)
    found = db.session.scalars(
        wanted.order_by(Signature.id).limit(1), execution_options={"populate_existing": True}
    ).first()
    return Item(Sort.SCREENED, found.id, [found]) if found else None


def _screened(letter_id: UUID) -> Select[Signature]:
    return select(Signature).where(Signature.letter_id == letter_id, IS_FLAGGED)


_READ = {
    Sort.OBJECTION: _read_objection,
    Sort.REPORT: _read_report,
    Sort.SCREENED: _read_screened,
}


def count(letter_id: UUID) -> dict[Sort, int]:
    """How many wait; one more than a thousand stands for all that are more."""
    return {sort: count_some(letter_id) for sort, count_some in _COUNT.items()}


_COUNT = {
    Sort.OBJECTION: waiting.count_objections,
    Sort.REPORT: waiting.count_reports,
    Sort.SCREENED: waiting.count_flagged,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a moderator chose: for a report, which of the signatures of that name are meant."""

    deed: Deed
    reason: Reason | None = None
    signatures: frozenset[UUID] = frozenset()


def decide(letter_id: UUID, sort: Sort, id_: UUID, choice: Choice, *, by: Actor) -> None:
    """The item waits no more; raises `AlreadyDone` where somebody else was quicker."""
    if sort is Sort.SCREENED:
        _decide_screened(SignatureRef(letter_id, id_), choice, by)
    elif sort is Sort.REPORT:
        _decide_report(letter_id, id_, choice, by)
    else:
        item = get(letter_id, sort, id_)
        ref = SignatureRef(letter_id, item.signatures[0].id)
        objections.answer(ref, id_, stands=choice.deed is Deed.KEEP, by=by)


def _decide_screened(ref: SignatureRef, choice: Choice, by: Actor) -> None:
    signature = staff_actions.get(ref.letter_id, ref.signature_id, to_change=True)
    if not signature.is_flagged or signature.state != State.CONFIRMED:
        raise staff_actions.AlreadyDone
    actions.do(choice.deed, ref, Why(choice.reason, Source.SCREENING), by=by)


def _decide_report(letter_id: UUID, id_: UUID, choice: Choice, by: Actor) -> None:
    """Hide or set aside those that were chosen among the bearers of that name, and no others."""
    wanted = select(Report).where(Report.letter_id == letter_id, Report.id == id_)
    report = db.session.scalars(
        wanted.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()
    if report is None or report.closed_at is not None or choice.deed not in OUTCOMES:
        raise staff_actions.AlreadyDone
    bearers = {one.id for one in list_shown_as(letter_id, reports.open_(report).name)}
    outcome = OUTCOMES[choice.deed] if bearers else Outcome.NOBODY
    if choice.deed is not Deed.KEEP:
        if not bearers & choice.signatures:
            raise staff_actions.AlreadyDone
        for signature_id in sorted(bearers & choice.signatures):
            ref = SignatureRef(letter_id, signature_id)
            actions.do(choice.deed, ref, Why(choice.reason, Source.REPORT), by=by)
    reports.close(report, outcome)
    details = {"outcome": outcome.value, "reported": report.n}
    log.record(
        Verb.REPORT_CLOSED, by=by, subject=str(report.id), letter_id=letter_id, details=details
    )


OUTCOMES = {
    Deed.KEEP: Outcome.KEPT,
    Deed.HIDE: Outcome.HIDDEN,
    Deed.SET_ASIDE: Outcome.SET_ASIDE,
}
