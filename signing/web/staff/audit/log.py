"""The audit log: who did what to what when, newest first; nothing here changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from signing.audit import ActorKind, Verb, log
from signing.audit import details as audit_details
from signing.audit import queries as audit
from signing.audit.models import AuditEvent
from signing.audit.queries import Place, Wanted
from signing.core.db import transaction, unheld
from signing.exports.sheets import csv_lines
from signing.letters.models import Letter
from signing.partners import tokens
from signing.staff_accounts import queries
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import gate, reading, tables, words
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
    zone: ZoneInfo

    @property
    def at(self) -> datetime:
        """By the clocks by which the log's days are."""
        return self.event.at.astimezone(self.zone)

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
    zone = ZoneInfo(sought.zone)
    by = {one.actor_id for one in page.rows if one.actor_kind == ActorKind.PROGRAM}
    return {
        "lines": [Line(one, _told(one, zone), zone) for one in page.rows],
        "page": page,
        "names": members | tokens.list_names(by),
        "verbs": verbs.listed(),
        "chosen": chosen,
        "zone": sought.zone,
    }


def _told(event: AuditEvent, zone: ZoneInfo) -> list[Told]:
    """Without what was noted as empty: “Changed: –” tells nobody anything."""
    found = audit_details.read(event.verb, event.details)
    told = (audit_telling.tell(one, spoken(), zone) for one in found)
    return [one for one in told if one.is_change or one.value != audit_telling.NOTHING]


def wanted(act: Act, letter: Letter | None = None) -> Wanted:
    """What the filters say, within reach; what cannot be read filters nothing.

    A letter's own history has the days of the letter's time zone, the log of all those of UTC.
    """
    where = gate.signed().reach(act)
    letters = None if where.is_all else where.letters
    only = letter.id if letter else reading.uuid(_sent("letter"))
    if only is not None:
        letters = frozenset({only} if only in where else ())
    return Wanted(
        letters=letters,
        verb=_sent("verb"),
        subject=_sent("subject"),
        actor_id=_sent("member"),
        day=reading.day(_sent("day")),
        zone=letter.time_zone if letter else "UTC",
    )


def _sent(name: str) -> str:
    """From the address of a page, or from a form: never from the one where the other belongs."""
    sent = request.form if request.method == "POST" else request.args
    return sent.get(name, "").strip()


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
