"""The audit log: who did what to what when, newest first; nothing here changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from signing.audit import Verb, log
from signing.audit import queries as audit
from signing.audit.models import AuditEvent
from signing.audit.queries import Place, Wanted
from signing.core.db import transaction
from signing.exports.sheets import csv_lines
from signing.staff_accounts import queries
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import gate, words

bp = Blueprint("audit_log", __name__, url_prefix="/audit")
A_PAGE = 50
HEADER = ("at", "actor", "actor_id", "verb", "subject", "letter_id", "details")


@bp.get("")
@gate.asks(Act.READ_AUDIT)
def show() -> ResponseReturnValue:
    wanted = _wanted(Act.READ_AUDIT)
    after = Place.read(request.args.get("after", ""))
    events = audit.list_page(wanted, after=after, limit=A_PAGE + 1)
    names = {str(id_): name for id_, name in queries.list_names().items()}
    return render_template(
        "staff/audit.html",
        events=events[:A_PAGE],
        older=str(Place.of(events[A_PAGE - 1])) if len(events) > A_PAGE else "",
        names=names,
        letter_names=words.letter_names(spoken().tag),
        verbs=[verb.value for verb in Verb],
        chosen={name: request.args.get(name, "") for name in ("verb", "subject", "member", "day")},
    )


def _wanted(act: Act) -> Wanted:
    """What the filters say, within reach; what cannot be read filters nothing."""
    where = gate.signed().reach(act)
    return Wanted(
        letters=None if where.is_all else where.letters,
        verb=request.values.get("verb", ""),
        subject=request.values.get("subject", "").strip(),
        actor_id=request.values.get("member", ""),
        day=_day(request.values.get("day", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/export")
@gate.asks(Act.EXPORT_AUDIT, fresh=True)
def export() -> ResponseReturnValue:
    """The same, all of it, as CSV; that it was carried out is written down first."""
    wanted = _wanted(Act.EXPORT_AUDIT)
    with transaction():
        log.record(Verb.AUDIT_EXPORTED, by=gate.signed().doer.actor, subject="audit")
    lines = csv_lines(HEADER, (_row(event) for event in _all(wanted)))
    return Response(
        stream_with_context(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _all(wanted: Wanted) -> Iterator[AuditEvent]:
    after = None
    while events := audit.list_page(wanted, after=after, limit=500):
        yield from events
        after = Place.of(events[-1])


def _row(event: AuditEvent) -> tuple[str, ...]:
    details = json.dumps(event.details, ensure_ascii=False) if event.details else ""
    at = event.at.isoformat(timespec="seconds")
    who = (event.actor_kind, event.actor_id)
    return (at, *who, event.verb, event.subject, str(event.letter_id), details)
