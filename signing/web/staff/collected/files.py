"""Files of signatures from elsewhere: uploaded, their columns chosen, looked at, counted."""

from __future__ import annotations

from itertools import islice
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.audit import Verb
from signing.collected import actions, columns, loading, queries, sizes, tables
from signing.collected.actions import NotNow
from signing.collected.columns import Column
from signing.collected.models import Collection, Kind, State
from signing.collected.tables import NotATable
from signing.core.db import transaction
from signing.core.refusals import Refusal
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.collected import words
from signing.web.staff.collected.forms import Chosen, UploadForm, today
from signing.web.staff.signatures.one import outline


class NotYours(Refusal):
    status = 403
    message = _l("Whoever brought this list chooses its columns, or somebody who may see names.")


bp = Blueprint("collected_files", __name__, url_prefix="/letters/<slug>/collected")
FIRST_ROWS = 6


@bp.get("/file")
@gate.asks(Act.COLLECT)
def show() -> ResponseReturnValue:
    return _page(UploadForm(formdata=None, data={"as_of": today()}))


def _page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    form.offer()
    return desk.page("staff/collected/file.html", status, form=form)


@bp.post("/file")
@gate.asks(Act.COLLECT, most_bytes=sizes.FILE_BYTES + sizes.AROUND_BYTES)
def upload() -> ResponseReturnValue:
    """The file is kept sealed for a day at most; without a basis, without its e-mail addresses."""
    form = UploadForm(formdata=request.form)
    form.offer()
    sent = request.files.get("file")
    is_valid = form.validate()
    if sent is None or not sent.filename:
        form.file.errors = [_("Choose a file.")]
        is_valid = False
    if not is_valid or sent is None:
        return _page(form, 422)
    try:
        made = _keep(form, cast(BinaryIO, sent.stream))
    except NotATable as refusal:
        form.file.errors = [str(refusal)]
        return _page(form, 422)
    return redirect(url_for(".show_columns", collection_id=made.id), 303)


def _keep(form: UploadForm, file: BinaryIO) -> Collection:
    about = form.about(Kind(form.kind.data))
    pieces = tables.split(file, keeps_addresses=about.keeps_addresses)
    with transaction():
        made = actions.begin_upload(desk.letter(), about, by=gate.signed().doer.actor)
        actions.store(made, pieces)
    return made


@bp.get("/<uuid:collection_id>/columns")
@gate.asks(Act.COLLECT)
def show_columns(collection_id: UUID) -> ResponseReturnValue:
    collection, first = _waiting(collection_id)
    has_header = columns.has_headings(first[0])
    guessed = columns.guess(first[0]) if has_header else [Column.NOTHING] * len(first[0])
    return _columns_page(collection, first, Chosen(tuple(guessed), has_header))


def _waiting(collection_id: UUID) -> tuple[Collection, list[list[str]]]:
    """The collection whose columns are not chosen yet, and the first rows, of one width."""
    collection = queries.get(desk.letter().id, collection_id)
    is_own = collection.member_id == gate.signed().doer.actor.id
    if not is_own and not gate.signed().may(Act.SEE_SIGNATURES, collection.letter_id):
        raise NotYours
    first = list(islice(loading.rows(collection.letter_id, collection.id), FIRST_ROWS))
    if collection.state != State.UPLOADED or not first:
        raise NotNow
    width = max(map(len, first))
    rows = [[*row, *[""] * (width - len(row))] for row in first]
    return collection, rows if is_own else _opened(collection, rows)


def _opened(collection: Collection, first: list[list[str]]) -> list[list[str]]:
    """The people of somebody else's file, as those of every list are seen: written down."""
    with transaction():
        actions.note(Verb.COLLECTED_OPENED, collection, gate.signed().doer.actor, {})
    return [[outline(cell) if "@" in cell else cell for cell in row] for row in first]


def _columns_page(
    collection: Collection, first: list[list[str]], chosen: Chosen, status: int = 200
) -> ResponseReturnValue:
    offered = {
        one: label
        for one, label in words.COLUMNS.items()
        if one is not Column.EMAIL or collection.keeps_addresses
    }
    return desk.page(
        "staff/collected/columns.html",
        status,
        collection=collection,
        first=first,
        chosen=chosen,
        offered=offered,
    )


@bp.post("/<uuid:collection_id>/columns")
@gate.asks(Act.COLLECT)
def choose_columns(collection_id: UUID) -> ResponseReturnValue:
    """A worker reads the file; nothing counts before somebody has looked."""
    collection, first = _waiting(collection_id)
    values = [request.form.get(f"column-{n}", "") for n in range(len(first[0]))]
    chosen = Chosen.of(values, has_header=bool(request.form.get("has_header")))
    if chosen.mistake:
        return _columns_page(collection, first, chosen, 422)
    with transaction():
        actions.choose_columns(
            collection,
            [one.value for one in chosen.columns],
            has_header=chosen.has_header,
            by=gate.signed().doer.actor,
        )
    return _to_collection(collection_id)


@bp.post("/<uuid:collection_id>/count")
@gate.asks(Act.COLLECT)
def count(collection_id: UUID) -> ResponseReturnValue:
    """All that could be read counts from now on."""
    with transaction():
        collection = queries.get(desk.letter().id, collection_id, to_change=True)
        actions.count(
            collection,
            without_faulty=bool(request.form.get("without_faulty")),
            by=gate.signed().doer.actor,
        )
    return _to_collection(collection_id, done=1)


def _to_collection(collection_id: UUID, **more: int) -> ResponseReturnValue:
    values: dict[str, Any] = {"collection_id": collection_id, **more}
    return redirect(url_for("staff.collected.show_one", **values), 303)
