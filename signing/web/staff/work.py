"""Long work of a letter: how far it is, so that it can be left and found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.audit import Verb, log
from signing.core.db import transaction
from signing.jobs import actions, queries
from signing.jobs.models import Job, Kind, State
from signing.letters.models import Letter
from signing.staff_accounts.actions import NotAllowed
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, tables

bp = Blueprint("work", __name__, url_prefix="/letters/<slug>/work")
A_PAGE = 20
NAMES = {
    Kind.EXPORT: _l("Export"),
    Kind.BROADCAST: _l("News by mail"),
    Kind.COLLECTED: _l("Signatures from elsewhere"),
    Kind.BULK: _l("A change to many signatures"),
    Kind.DELIVERY: _l("Document for a delivery"),
}
# Who may pause and stop it: whoever may ask for it.
ACTS = {
    Kind.EXPORT: Act.EXPORT,
    Kind.BROADCAST: Act.EDIT_LETTER,
    Kind.COLLECTED: Act.COLLECT,
    Kind.BULK: Act.MODERATE,
    Kind.DELIVERY: Act.EXPORT,
}
# What can be done to work in a state, with the words of the button. What it works for ends it.
DEEDS = {
    State.WAITING: {"pause": _l("Pause")},
    State.PAUSED: {"resume": _l("Continue")},
    State.FAILED: {"resume": _l("Try again")},
}
# The page of what it works for. A broadcast is paused there, with the mails that wait already.
PAGES = {
    Kind.EXPORT: ("staff.exports.show", "export_id"),
    Kind.BROADCAST: ("staff.news_mailing.show", "broadcast_id"),
    Kind.COLLECTED: ("staff.collected.show_one", "collection_id"),
    Kind.BULK: ("staff.signatures_bulk.show", "bulk_id"),
    Kind.DELIVERY: ("staff.exports_delivery.show", "paper_id"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of work, and what the member who looks may do to it."""

    job: Job
    name: str
    page: str  # where what it works for is; empty for those who may not see it
    deeds: dict[str, str]


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show() -> ResponseReturnValue:
    letter, table = desk.letter(), tables.read("-begun", size=A_PAGE)
    found = queries.list_of_letter(letter.id, before=table.after_id, limit=table.limit)
    page = table.of(found, lambda job: job.id.hex)
    lines = [_line(letter, job) for job in page.rows]
    is_live = any(job.state == State.WAITING for job in page.rows)
    return desk.page("staff/work.html", letter=letter, lines=lines, page=page, is_live=is_live)


def _line(letter: Letter, job: Job) -> Line:
    kind = Kind(job.kind)
    name = str(NAMES[kind])
    if not gate.signed().may(ACTS[kind], letter.id):
        return Line(job, name, "", {})
    endpoint, named = PAGES[kind]
    values: dict[str, Any] = {"slug": letter.slug, named: job.subject_id}
    address = url_for(endpoint, **values)
    deeds = {} if kind is Kind.BROADCAST else DEEDS.get(State(job.state), {})
    return Line(job, name, address, {deed: str(word) for deed, word in deeds.items()})


@bp.post("/<uuid:job_id>/pause")
@gate.asks(Act.SEE_LETTER)
def pause(job_id: UUID) -> ResponseReturnValue:
    """It stands still afterwards; what was done stays done."""
    job = _mine(job_id)
    with transaction():
        actions.pause(job.letter_id, job.id)
        _note(Verb.JOB_PAUSED, job)
    return _done()


@bp.post("/<uuid:job_id>/resume")
@gate.asks(Act.SEE_LETTER)
def resume(job_id: UUID) -> ResponseReturnValue:
    """It goes on where it was, or is tried again."""
    job = _mine(job_id)
    with transaction():
        actions.resume(job.letter_id, job.id)
        _note(Verb.JOB_RESUMED, job)
    return _done()


def _mine(job_id: UUID) -> Job:
    """The job, for whoever may ask for work of its kind."""
    job = queries.get(desk.letter().id, job_id)
    if job.kind == Kind.BROADCAST or not gate.signed().may(ACTS[Kind(job.kind)], job.letter_id):
        raise NotAllowed
    return job


def _note(verb: Verb, job: Job) -> None:
    details = {"kind": job.kind, "done": job.done}
    by = gate.signed().doer.actor
    log.record(verb, by=by, subject=str(job.id), letter_id=job.letter_id, details=details)


def _done() -> ResponseReturnValue:
    return redirect(url_for("staff.work.show", done=1), 303)
