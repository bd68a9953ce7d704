"""The audit log: who did what to what when, newest first; nothing here changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from signing.audit import ActorKind, Verb, log
from signing.audit import details as audit_details
from signing.audit import queries as audit
from signing.audit.models import AuditEvent
from signing.audit.queries import Place, Wanted
from signing.core.db import transaction, unheld
from signing.exports.sheets import csv_lines
from signing.partners import tokens
from signing.staff_accounts import queries
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import gate, tables, words
from signing.web.staff.audit import telling as audit_telling
from signing.web.staff.audit import verbs
from signing.web.staff.audit.telling import Told

bp = Blueprint("audit_log", __name__, url_prefix="/audit")
HEADER = ("at", "actor", "actor_id", "verb", "subject", "letter_id", "details")
FILTERS = ("verb", "subject", "member", "day", "letter")


@dataclass(frozen=True, slots=True)
class Line:
    """An event with its details as people read them."""

    event: AuditEvent
    details: list[Told]

    @property
    def what(self) -> str:
        """What was done; as it was noted, where an older version noted it."""
        verb = self.event.verb
        return str(verbs.VERBS[Verb(verb)]) if verb in verbs.VERBS else verb

    @property
    def doer(self) -> str:
        kind = self.event.actor_kind
        return str(verbs.ACTORS[ActorKind(kind)]) if kind in verbs.ACTORS else kind


@bp.get("")
@gate.asks(Act.READ_AUDIT)
def show() -> ResponseReturnValue:
    values = prepared(wanted(Act.READ_AUDIT))
    known = words.letter_names(spoken().tag)
    where = gate.signed().reach(Act.READ_AUDIT)
    letters = {id_.hex: title for id_, title in known.items() if id_ in where}
    return render_template("staff/audit/log.html", letter_names=known, letters=letters, **values)


def prepared(sought: Wanted) -> dict[str, Any]:
    """What the table needs: a page of events, who is called how, what was chosen."""
    chosen = {name: _sent(name) for name in FILTERS}
    table = tables.read("-when")
    found = audit.list_page(
        sought,
        after=Place.read(table.after),
        limit=table.limit,
        is_oldest_first=not table.order.is_descending,
    )
    page = table.of(found, lambda event: str(Place.of(event)), **chosen)
    members = {str(id_): name for id_, name in queries.list_names().items()}
    by = {one.actor_id for one in page.rows if one.actor_kind == ActorKind.PROGRAM}
    return {
        "lines": [Line(one, _told(one)) for one in page.rows],
        "page": page,
        "names": members | tokens.list_names(by),
        "verbs": verbs.listed(),
        "chosen": chosen,
    }


def _told(event: AuditEvent) -> list[Told]:
    """Without what was noted as empty: “Changed: –” tells nobody anything."""
    found = audit_details.read(event.verb, event.details)
    told = (audit_telling.tell(one, spoken()) for one in found)
    return [one for one in told if one.is_change or one.value != audit_telling.NOTHING]


def wanted(act: Act, letter_id: UUID | None = None) -> Wanted:
    """What the filters say, within reach; what cannot be read filters nothing."""
    where = gate.signed().reach(act)
    letters = None if where.is_all else where.letters
    only = letter_id or _letter(_sent("letter"))
    if only is not None:
        letters = frozenset({only} if only in where else ())
    return Wanted(
        letters=letters,
        verb=_sent("verb"),
        subject=_sent("subject"),
        actor_id=_sent("member"),
        day=_day(_sent("day")),
    )


def _sent(name: str) -> str:
    """From the address of a page, or from a form: never from the one where the other belongs."""
    sent = request.form if request.method == "POST" else request.args
    return sent.get(name, "").strip()


def _letter(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/export")
@gate.asks(Act.EXPORT_AUDIT, fresh=True)
def export() -> ResponseReturnValue:
    """The same, all of it, as CSV; that it was carried out is written down first."""
    sought = wanted(Act.EXPORT_AUDIT)
    with transaction():
        log.record(Verb.AUDIT_EXPORTED, by=gate.signed().doer.actor, subject="audit")
    lines = csv_lines(HEADER, _rows(sought))
    return Response(
        stream_with_context(unheld(lines)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _rows(sought: Wanted) -> Iterator[tuple[str, ...]]:
    after = None
    while events := audit.list_page(sought, after=after, limit=500):
        after = Place.of(events[-1])
        yield from [_row(event) for event in events]


def _row(event: AuditEvent) -> tuple[str, ...]:
    details = json.dumps(event.details, ensure_ascii=False) if event.details else ""
    at = event.at.isoformat(timespec="seconds")
    who = (event.actor_kind, event.actor_id)
    return (at, *who, event.verb, event.subject, str(event.letter_id), details)
