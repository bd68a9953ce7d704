"""What was collected on paper and elsewhere: how many, where from, and each in particular."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError
from flask import Blueprint, Response, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.collected import actions, entering, queries
from signing.collected.columns import Problem
from signing.collected.models import Collection, Kind, State
from signing.collected.queries import Row
from signing.core.db import transaction
from signing.core.refusals import Refusal
from signing.core.vault import Unreadable
from signing.exports import collected as rows
from signing.jobs import queries as jobs
from signing.signatures.address import normalised
from signing.staff_accounts.roles import Act
from signing.web.staff import collected_words as words
from signing.web.staff import desk, gate, tables

bp = Blueprint("collected", __name__, url_prefix="/letters/<slug>/collected")
MOST_EXPORTED = 1000  # more leaves the house encrypted only: see the export of signatures


class TooMany(Refusal):
    status = 409
    message = _l(
        "More than 1,000 people at once are not downloaded here. The operator can do it with "
        "the command `signing collected export`."
    )


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    return desk.page(
        "staff/collected/overview.html",
        letter=letter,
        collections=queries.list_all(letter.id),
        shown=queries.list_shown(letter.id),
        kinds=words.KINDS,
        states=words.STATES,
        may_collect=gate.signed().may(Act.COLLECT, letter.id),
        may_export=gate.signed().may(Act.EXPORT, letter.id),
    )


@bp.get("/<uuid:collection_id>")
@gate.asks(Act.COLLECT)
def show_one(slug: str, collection_id: UUID) -> ResponseReturnValue:  # noqa: ARG001  # as above
    return _page(queries.get(desk.letter().id, collection_id))


def _page(collection: Collection) -> ResponseReturnValue:
    page = tables.of(_rows(collection), lambda row: row.id.hex)
    return desk.page(
        "staff/collected/collection.html",
        collection=collection,
        job=jobs.find_of(collection.letter_id, collection.id),
        page=page,
        problems=[(row, words.PROBLEMS[Problem(code)]) for row, code in collection.problems],
        history=queries.list_history(collection) if collection.kind == Kind.FIGURE else [],
        kind=words.KINDS[Kind(collection.kind)],
        state=words.STATES[State(collection.state)],
        bases=words.BASES,
        may_remove=collection.state == State.COUNTED,
    )


def _rows(collection: Collection) -> list[Row]:
    with suppress(ValueError, Unreadable):
        after = request.args.get("after", "")
        before = UUID(hex=after) if after else None
        return queries.list_rows(
            collection.letter_id, collection.id, before=before, limit=tables.A_PAGE + 1
        )
    return []


@bp.post("/<uuid:collection_id>/undo")
@gate.asks(Act.COLLECT)
def undo(slug: str, collection_id: UUID) -> ResponseReturnValue:
    """All of it counts no more and is deleted."""
    with transaction():
        collection = queries.get(desk.letter().id, collection_id, to_change=True)
        actions.undo(collection, by=gate.signed().doer.actor)
    return redirect(url_for("staff.collected.show", slug=slug, done=1), 303)


@bp.post("/<uuid:collection_id>/rows/<uuid:row_id>/remove")
@gate.asks(Act.COLLECT)
def remove(slug: str, collection_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """One person is deleted and counts no more."""
    with transaction():
        collection = queries.get(desk.letter().id, collection_id, to_change=True)
        entering.remove(collection, row_id, by=gate.signed().doer.actor)
    here: dict[str, Any] = {"slug": slug, "collection_id": collection_id}
    if request.form.get("back") == "enter":
        sheet = request.form.get("sheet", "")
        return redirect(url_for("staff.collected_entry.show", sheet=sheet, **here), 303)
    return redirect(url_for("staff.collected.show_one", done=1, **here), 303)


@bp.post("/find")
@gate.asks(Act.COLLECT)
def find(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # as above
    """Who signed elsewhere with this address; it stands in no address bar."""
    letter, typed = desk.letter(), request.form.get("email", "").strip()
    found: list[tuple[UUID, Row]] = []
    mistake = ""
    try:
        found = queries.list_by_address(letter.id, normalised(typed))
    except EmailNotValidError:
        mistake = _("Enter a complete e-mail address, such as name@example.org.")
    except Unreadable:
        found = []
    values = {"typed": typed, "found": found, "mistake": mistake}
    return desk.page("staff/collected/found.html", 422 if mistake else 200, letter=letter, **values)


@bp.post("/export")
@gate.asks(Act.EXPORT, fresh=True)
def export(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # as above
    """Everybody who counts, as CSV; that it was carried out is written down first."""
    letter = desk.letter()
    number = queries.count_people(letter.id)
    if number > MOST_EXPORTED:
        raise TooMany
    with transaction():
        actions.note_export(letter, number, by=gate.signed().doer.actor)
    name = f"{letter.slug}-collected.csv"
    return Response(
        stream_with_context(rows.lines(letter.id)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
