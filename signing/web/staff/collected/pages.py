"""What was collected on paper and elsewhere: how many, where from, and each one by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError
from flask import Blueprint, Response, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.audit import Verb, log
from signing.collected import actions, entering, queries
from signing.collected.columns import Problem
from signing.collected.models import Collection, Kind, State
from signing.collected.queries import Row
from signing.core.db import transaction, unheld
from signing.core.refusals import Refusal
from signing.core.vault import Unreadable
from signing.exports import allowance
from signing.exports import collected as rows
from signing.jobs import queries as jobs
from signing.letters import queries as letters
from signing.signatures.address import normalised
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, tables
from signing.web.staff.collected import words
from signing.web.staff.signatures.one import outline
from signing.web.staff.tables import Table

bp = Blueprint("collected", __name__, url_prefix="/letters/<slug>/collected")
SORTS = ("-as_of", "source", "kind", "state", "-number", "-known")


class TooMany(Refusal):
    """More than one person may carry out alone; there is no second person for these."""

    status = 409
    message = _l(
        "One person alone carries out at most 1,000 rows of a letter within 30 days, exports "
        "counted in. The operator can do more with the command `signing collected export`."
    )


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show() -> ResponseReturnValue:
    letter, table = desk.letter(), tables.read(*SORTS)
    return desk.page(
        "staff/collected/overview.html",
        letter=letter,
        collections=table.of_all(queries.list_all(letter.id), _keys(), lambda one: one.id.hex),
        shown=queries.list_shown(letter.id),
        kinds=words.KINDS,
        states=words.STATES,
        may_collect=gate.signed().may(Act.COLLECT, letter.id),
        may_see=gate.signed().may(Act.SEE_SIGNATURES, letter.id),
        may_export=gate.signed().may(Act.EXPORT, letter.id),
        left=allowance.left(letter.id, str(gate.signed().id)),
    )


def _keys() -> dict[str, Callable[[Collection], Any]]:
    """What the heads of the table sort by; kinds and states by their words."""
    return {
        "as_of": lambda one: one.as_of,
        "source": lambda one: tables.by_words(one.source or str(words.KINDS[Kind(one.kind)])),
        "kind": lambda one: tables.by_words(str(words.KINDS[Kind(one.kind)])),
        "state": lambda one: tables.by_words(str(words.STATES[State(one.state)])),
        "number": lambda one: one.number,
        "known": lambda one: one.duplicates,
    }


@bp.get("/<uuid:collection_id>")
@gate.asks(Act.COLLECT)
def show_one(collection_id: UUID) -> ResponseReturnValue:
    return _page(queries.get(desk.letter().id, collection_id))


def _page(collection: Collection) -> ResponseReturnValue:
    """Nobody's name: those who may see them open `show_people`."""
    signed = gate.signed()
    return desk.page(
        "staff/collected/collection.html",
        collection=collection,
        job=jobs.find_of(collection.letter_id, collection.id),
        problems=[(row, words.PROBLEMS[Problem(code)]) for row, code in collection.problems],
        history=queries.list_history(collection) if collection.kind == Kind.FIGURE else [],
        kind=words.KINDS[Kind(collection.kind)],
        state=words.STATES[State(collection.state)],
        bases=words.BASES,
        may_see=signed.may(Act.SEE_SIGNATURES, collection.letter_id),
        is_mine=collection.member_id == signed.doer.actor.id,
    )


@bp.get("/<uuid:collection_id>/people")
@gate.asks(Act.SEE_SIGNATURES)
def show_people(collection_id: UUID) -> ResponseReturnValue:
    """A page of names, opened; that it was done is written down."""
    letter = desk.letter()
    with transaction():
        collection = queries.get(letter.id, collection_id)
        actions.note(Verb.COLLECTED_OPENED, collection, gate.signed().doer.actor, {})
    table = tables.read("-entered")
    page = table.of(_rows(collection, table), lambda row: row.id.hex)
    may_collect = gate.signed().may(Act.COLLECT, letter.id)
    return desk.page(
        "staff/collected/names.html",
        letter=letter,
        collection=collection,
        kind=words.KINDS[Kind(collection.kind)],
        page=page,
        people=_outlined([(collection.id, row) for row in page.rows]),
        may_remove=may_collect and collection.state == State.COUNTED,
        may_collect=may_collect,
    )


def _outlined(found: list[tuple[UUID, Row]]) -> list[tuple[UUID, Row, str]]:
    """With enough of each address to compare it with what somebody says: whole they are in the
    file, which only so many leave the house in.
    """
    return [(id_, row, outline(row.person.email) if row.person.email else "") for id_, row in found]


def _rows(collection: Collection, table: Table) -> list[Row]:
    with suppress(Unreadable):
        return queries.list_rows(
            collection.letter_id, collection.id, before=table.after_id, limit=table.limit
        )
    return []


@bp.post("/<uuid:collection_id>/undo")
@gate.asks(Act.COLLECT)
def undo(collection_id: UUID) -> ResponseReturnValue:
    """All of it counts no more and is deleted."""
    with transaction():
        collection = queries.get(desk.letter().id, collection_id, to_change=True)
        actions.undo(collection, by=gate.signed().doer.actor)
    return redirect(url_for("staff.collected.show", done=1), 303)


@bp.post("/<uuid:collection_id>/rows/<uuid:row_id>/remove")
@gate.asks(Act.COLLECT)
def remove(collection_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """One person is deleted and counts no more."""
    with transaction():
        collection = queries.get(desk.letter().id, collection_id, to_change=True)
        entering.remove(collection, row_id, by=gate.signed().doer.actor)
    if request.form.get("back") == "enter":
        sheet = request.form.get("sheet", "")
        return redirect(
            url_for("staff.collected_entry.show", collection_id=collection_id, sheet=sheet), 303
        )
    return redirect(url_for("staff.collected.show_one", collection_id=collection_id, done=1), 303)


@bp.post("/find")
@gate.asks(Act.SEE_SIGNATURES)
def find() -> ResponseReturnValue:
    """Who signed elsewhere with this address; it stands in no address bar, but that one looked is
    written down.
    """
    letter, typed = desk.letter(), request.form.get("email", "").strip()
    found: list[tuple[UUID, Row]] = []
    mistake = ""
    try:
        found = queries.list_by_address(letter.id, normalised(typed))
    except EmailNotValidError:
        mistake = _("Enter a complete e-mail address, such as name@example.org.")
    except Unreadable:
        found = []
    if not mistake:
        with transaction():
            by = gate.signed().doer.actor
            log.record(Verb.COLLECTED_SEARCHED, by=by, subject=letter.slug, letter_id=letter.id)
    values = {
        "typed": typed,
        "found": _outlined(found),
        "mistake": mistake,
        "may_remove": gate.signed().may(Act.COLLECT, letter.id),
    }
    return desk.page("staff/collected/found.html", 422 if mistake else 200, letter=letter, **values)


@bp.post("/export")
@gate.asks(Act.EXPORT, fresh=True)
def export() -> ResponseReturnValue:
    """Everybody who counts, as CSV; that it was carried out is written down first."""
    letter = desk.letter()
    with transaction():
        letters.get_to_change(letter.id)
        number, counted = queries.count_people(letter.id), queries.find_counted(letter.id)
        if number > allowance.left(letter.id, str(gate.signed().id)):
            raise TooMany
        actions.note_export(letter, number, by=gate.signed().doer.actor)
    name = f"{letter.slug}-collected.csv"
    return Response(
        stream_with_context(unheld(rows.lines(counted))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
