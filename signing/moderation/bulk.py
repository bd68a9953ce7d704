"""One deed to many signatures: previewed, then done to those of the preview and no others.

Nothing is ever deleted in bulk. What was hidden or set aside so can be undone as one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, count_few, count_rows, db
from signing.core.ids import BEFORE_ALL, first_of, new_id
from signing.core.refusals import NotFound, Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import Place, vault
from signing.jobs import actions as jobs
from signing.jobs.models import Kind as JobKind
from signing.moderation import actions
from signing.moderation.actions import Why
from signing.moderation.models import BulkDeed, Decision, Deed, Source
from signing.moderation.objections import TAKES_BACK
from signing.moderation.reasons import Reason, ReasonMissing
from signing.signatures import kept, staff_actions
from signing.signatures.models import Signature, State
from signing.signatures.queries import SignatureGone
from signing.signatures.wanted import IS_FLAGGED, Wanted, in_state

MOST = 100_000  # signatures at once
AT_ONCE = 200  # so many are done while one waits; more by the worker
A_BATCH = 50
PREVIEW_VALID = timedelta(hours=1)
KEPT = timedelta(days=90)
SAMPLES = 10
OFFERED = (Deed.HIDE, Deed.SET_ASIDE, Deed.KEEP, Deed.RESTORE)


class TooMany(Refusal):
    status = 422
    message = _l("That would be more than 100,000 signatures. Narrow the filters first.")


class PreviewTooOld(Refusal):
    status = 409
    message = _l("This preview is older than an hour or was used already. Make a new one.")


@dataclass(frozen=True, slots=True)
class Meant:
    """Which signatures: those that fit the filters, or the rows that were ticked."""

    wanted: Wanted
    ticked: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """How many of one kind a deed would touch."""

    locale: str
    country: str
    n: int
    shown: int


def preview(deed: Deed, reason: Reason | None, meant: Meant, *, by: Actor) -> BulkDeed:
    """Note what is to be done to which signatures, and how many these are at this moment."""
    if deed in TAKES_BACK and reason is None:
        raise ReasonMissing
    return _add(deed, reason.value if reason else "", meant, by)


def preview_undoing(bulk: BulkDeed, *, by: Actor) -> BulkDeed:
    """The same for taking back what a deed did, as far as nobody has since."""
    if Deed(bulk.deed) not in TAKES_BACK or bulk.started_at is None:
        raise NotFound
    meant = Meant(Wanted(bulk.letter_id))
    return _add(TAKES_BACK[Deed(bulk.deed)], bulk.reason, meant, by, undoes=bulk.id)


def _add(
    deed: Deed, reason: str, meant: Meant, by: Actor, *, undoes: UUID | None = None
) -> BulkDeed:
    id_, letter_id = new_id(), meant.wanted.letter_id
    plain = {"wanted": meant.wanted.as_json(), "ticked": [one.hex for one in meant.ticked]}
    bulk = BulkDeed(
        letter_id=letter_id,
        id=id_,
        deed=deed,
        reason=reason,
        sealed=vault.seal(place(letter_id, id_), json.dumps(plain).encode()),
        until=clock.now(),
        n=0,
        done=0,
        member_id=by.id,
        undoes=undoes,
        started_at=None,
    )
    bulk.n = count_few(_ids(bulk), most=MOST)
    if bulk.n > MOST:
        raise TooMany
    db.session.add(bulk)
    db.session.flush()
    return bulk


def place(letter_id: UUID, bulk_id: UUID) -> Place:
    return Place("bulk_deeds", letter_id, bulk_id.bytes)


def meant_by(bulk: BulkDeed) -> Meant:
    """Raises `vault.Unreadable` where the letter's key is destroyed."""
    plain = json.loads(vault.open(place(bulk.letter_id, bulk.id), bulk.sealed))
    ticked = tuple(UUID(hex=one) for one in plain["ticked"])
    return Meant(Wanted.read_json(plain["wanted"]), ticked)


def _ids(bulk: BulkDeed) -> Any:
    return _touched(bulk, select(Signature.id))


def _touched(bulk: BulkDeed, rows: Any) -> Any:
    """Of these signatures, those that the deed touches: as of the preview, and not done yet."""
    meant, deed = meant_by(bulk), Deed(bulk.deed)
    rows = meant.wanted.apply(rows).where(Signature.id < first_of(bulk.until))
    rows = rows.where(Signature.confirmed_at <= bulk.until)
    if meant.ticked:
        rows = rows.where(Signature.id.in_(meant.ticked))
    if bulk.undoes is not None:
        rows = rows.where(_is_undone_by(bulk))
    match deed:
        case Deed.HIDE:
            rows = rows.where(in_state(State.CONFIRMED), Signature.public_name.is_not(None))
        case Deed.SET_ASIDE:
            rows = rows.where(in_state(State.CONFIRMED))
        case Deed.RESTORE:
            rows = rows.where(in_state(State.SET_ASIDE))
        case Deed.KEEP:
            rows = rows.where(IS_FLAGGED)
        case Deed.SHOW:
            rows = rows.where(Signature.hidden_by_staff_at.is_not(None))
    return rows


def _is_undone_by(bulk: BulkDeed) -> ColumnElement[bool]:
    done = select(Decision.signature_id).where(
        Decision.letter_id == bulk.letter_id,
        Decision.bulk_id == bulk.undoes,
        Decision.ended_at.is_(None),
    )
    return Signature.id.in_(done)


def get(letter_id: UUID, bulk_id: UUID) -> BulkDeed:
    bulk = db.session.get(BulkDeed, (letter_id, bulk_id), populate_existing=True)
    if bulk is None:
        raise NotFound
    return bulk


def list_newest(letter_id: UUID, *, limit: int = 20) -> Sequence[BulkDeed]:
    """What was done to many lately, the newest first; previews are not among it."""
    done = select(BulkDeed).where(BulkDeed.letter_id == letter_id, BulkDeed.started_at.is_not(None))
    return db.session.scalars(done.order_by(BulkDeed.id.desc()).limit(limit)).all()


def list_groups(bulk: BulkDeed, *, limit: int = 12) -> list[Group]:
    """What the deed would touch, by language and country, most first."""
    key = (Signature.locale, Signature.country)
    n = func.count()
    rows = _touched(bulk, select(*key, n, func.count(Signature.public_name)))
    grouped = rows.group_by(*key).order_by(n.desc(), *key).limit(limit)
    return [Group(*row) for row in db.session.execute(grouped)]


def list_samples(bulk: BulkDeed) -> Sequence[Signature]:
    """Some of those that the deed would touch, the newest first."""
    rows = _touched(bulk, select(Signature)).order_by(Signature.id.desc())
    return db.session.scalars(rows.limit(SAMPLES)).all()


def start(bulk: BulkDeed, *, by: Actor) -> None:
    """Do it, once; a few at once, many by the worker. Raises `PreviewTooOld`."""
    at = clock.now()
    begun = (
        update(BulkDeed)
        .where(BulkDeed.letter_id == bulk.letter_id, BulkDeed.id == bulk.id)
        .where(BulkDeed.started_at.is_(None), BulkDeed.until > at - PREVIEW_VALID)
        .where(BulkDeed.member_id == by.id)
        .values(started_at=at)
    )
    if not count_rows(db.session.execute(begun, execution_options=PLAIN)):
        raise PreviewTooOld
    meant = meant_by(bulk)
    details: dict[str, object] = {
        "deed": bulk.deed,
        "n": bulk.n,
        "fields": list(meant.wanted.used),
    }
    if meant.ticked:
        details["ticked"] = len(meant.ticked)
    if bulk.undoes:
        details["undoes"] = str(bulk.undoes)
    _record(Verb.BULK_STARTED, bulk, by, details)
    if bulk.n > AT_ONCE:
        jobs.put(JobKind.BULK, letter_id=bulk.letter_id, subject_id=bulk.id, member_id=by.id)
        return
    after = BEFORE_ALL
    while (last := do_batch(bulk, after, by=by)) is not None:
        after = last


def do_batch(bulk: BulkDeed, after: UUID, *, by: Actor) -> UUID | None:
    """Do the deed to the next few behind `after`; returns the last of them, None at the end.

    What is done does not fit any more, so nothing is done twice, wherever one begins.
    """
    some = _ids(bulk).where(Signature.id > after).order_by(Signature.id).limit(A_BATCH)
    ids: Sequence[UUID] = db.session.scalars(some).all()
    why = Why(Reason(bulk.reason) if bulk.reason else None, Source.STAFF, bulk.id)
    bulk.done += sum(_do(bulk, id_, why, by) for id_ in ids)
    db.session.flush()
    if len(ids) == A_BATCH:
        return ids[-1]
    if bulk.undoes is not None:
        kept.end_of_bulk(bulk.letter_id, bulk.undoes)
    details = {"deed": bulk.deed, "n": bulk.n, "done": bulk.done}
    _record(Verb.BULK_FINISHED, bulk, by, details)
    return None


def _do(bulk: BulkDeed, id_: UUID, why: Why, by: Actor) -> bool:
    """Whoever withdrew meanwhile, or was dealt with by somebody else, is passed over."""
    try:
        actions.do(Deed(bulk.deed), SignatureRef(bulk.letter_id, id_), why, by=by)
    except (SignatureGone, staff_actions.AlreadyDone, staff_actions.NameNotShown):
        return False
    return True


def _record(verb: Verb, bulk: BulkDeed, by: Actor, details: dict[str, object]) -> None:
    log.record(verb, by=by, subject=str(bulk.id), letter_id=bulk.letter_id, details=details)


def delete_old(now: datetime, *, limit: int = 1000) -> int:
    """Delete previews of yesterday, and the filters of what was done long ago."""
    is_unused = BulkDeed.started_at.is_(None) & (BulkDeed.until < now - 24 * PREVIEW_VALID)
    is_old = BulkDeed.until < now - KEPT
    old = select(BulkDeed.letter_id, BulkDeed.id).where(is_unused | is_old).limit(limit)
    key = tuple_(BulkDeed.letter_id, BulkDeed.id)
    return count_rows(db.session.execute(delete(BulkDeed).where(key.in_(old))))
