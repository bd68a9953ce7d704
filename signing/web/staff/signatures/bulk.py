"""One deed to many signatures: a preview that says how many and which, then the deed, then undo."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import clock
from signing.core.db import transaction
from signing.jobs import queries as jobs
from signing.moderation import bulk
from signing.moderation.bulk import Meant
from signing.moderation.models import BulkDeed, Deed
from signing.moderation.objections import TAKES_BACK
from signing.moderation.reasons import WORDS, Reason, ReasonMissing
from signing.signatures.wanted import Wanted
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.signatures import filters as signatures_filters
from signing.web.staff.signatures import pages as signatures
from signing.web.staff.signatures import words as say

bp = Blueprint("signatures_bulk", __name__, url_prefix="/letters/<slug>/signatures/bulk")


@bp.get("")
@gate.asks(Act.MODERATE)
def show_all() -> ResponseReturnValue:
    """What was done to many at once lately, to be undone if need be."""
    letter = desk.letter()
    return desk.page(
        "staff/signatures/bulks.html",
        letter=letter,
        deeds=[(one, _undoable(one)) for one in bulk.list_newest(letter.id)],
        say=say,
        Deed=Deed,
    )


def _undoable(one: BulkDeed) -> bool:
    return one.started_at is not None and Deed(one.deed) in TAKES_BACK


@bp.post("")
@gate.asks(Act.MODERATE)
def preview() -> ResponseReturnValue:
    """Note what is meant; nothing is done yet."""
    letter = desk.letter()
    filters = signatures_filters.read(letter)
    deed, reason = request.form.get("deed", ""), request.form.get("reason", "")
    ticked = tuple(request.form.getlist("tick", type=UUID))
    is_ticked = request.form.get("which") != "all"
    if deed not in bulk.OFFERED or (is_ticked and not ticked):
        message = str(say.TICK if is_ticked else say.CHOOSE)
        return signatures.page(letter, filters, bulk_error=message, status=422)
    meant = Meant(Wanted(letter.id), ticked) if is_ticked else Meant(filters.wanted)
    why = Reason(reason) if reason in set(Reason) else None
    try:
        with transaction():
            made = bulk.preview(Deed(deed), why, meant, by=gate.signed().doer.actor)
    except (ReasonMissing, bulk.TooMany) as refusal:
        return signatures.page(letter, filters, bulk_error=str(refusal), status=422)
    return redirect(url_for(".show", bulk_id=made.id), 303)


@bp.get("/<uuid:bulk_id>")
@gate.asks(Act.MODERATE)
def show(bulk_id: UUID) -> ResponseReturnValue:
    """Before: exactly how many, of what kinds, and some of them. Afterwards: how far it is."""
    letter = desk.letter()
    made = bulk.get(letter.id, bulk_id)
    is_open = made.started_at is None
    return desk.page(
        "staff/signatures/bulk.html",
        letter=letter,
        bulk=made,
        deed=Deed(made.deed),
        reason=WORDS[Reason(made.reason)] if made.reason else "",
        groups=bulk.list_groups(made) if is_open else [],
        samples=bulk.list_samples(made) if is_open else [],
        is_mine=made.member_id == gate.signed().doer.actor.id,
        is_too_old=is_open and made.until < clock.now() - bulk.PREVIEW_VALID,
        job=jobs.find_of(letter.id, made.id),
        may_undo=_undoable(made) and made.done > 0,
        at_once=bulk.AT_ONCE,
        say=say,
    )


@bp.post("/<uuid:bulk_id>/start")
@gate.asks(Act.MODERATE)
def start(bulk_id: UUID) -> ResponseReturnValue:
    """Do what the preview showed, to those it counted and no others; twice is once."""
    with transaction():
        bulk.start(bulk.get(desk.letter().id, bulk_id), by=gate.signed().doer.actor)
    return redirect(url_for(".show", bulk_id=bulk_id), 303)


@bp.post("/<uuid:bulk_id>/undo")
@gate.asks(Act.MODERATE)
def undo(bulk_id: UUID) -> ResponseReturnValue:
    """A preview of taking it back."""
    with transaction():
        done = bulk.get(desk.letter().id, bulk_id)
        made = bulk.preview_undoing(done, by=gate.signed().doer.actor)
    return redirect(url_for(".show", bulk_id=made.id), 303)
