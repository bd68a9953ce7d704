"""Sheets of paper typed in, line by line: Enter saves, and the next line can be typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.collected import actions, entering, queries
from signing.collected.actions import NotNow
from signing.collected.entering import Entered
from signing.collected.models import Collection, Kind
from signing.core import locales
from signing.core.db import transaction
from signing.letters import paper
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.collected.forms import LineForm, SheetsForm

bp = Blueprint("collected_entry", __name__, url_prefix="/letters/<slug>/collected")
LATEST = 10


@bp.get("/paper")
@gate.asks(Act.COLLECT)
def show_new() -> ResponseReturnValue:
    return _about_page(SheetsForm(formdata=None).fit(desk.letter().id))


def _about_page(form: SheetsForm, status: int = 200) -> ResponseReturnValue:
    return desk.page("staff/collected/paper.html", status, form=form)


@bp.post("/paper")
@gate.asks(Act.COLLECT)
def begin() -> ResponseReturnValue:
    """A collection that lines can be typed into."""
    letter = desk.letter()
    form = SheetsForm(formdata=request.form).fit(letter.id)
    if not form.validate():
        return _about_page(form, 422)
    with transaction():
        made = actions.begin_sheets(letter, form.about(Kind.PAPER), by=gate.signed().doer.actor)
    return redirect(url_for(".show", collection_id=made.id), 303)


@bp.get("/<uuid:collection_id>/enter")
@gate.asks(Act.COLLECT)
def show(collection_id: UUID) -> ResponseReturnValue:
    collection = _open(collection_id)
    form = _form(collection, formdata=None, data={"sheet": request.args.get("sheet", "")})
    return _page(collection, form, same=request.args.get("same"))


def _form(collection: Collection, **values: Any) -> LineForm:
    asked = paper.columns(desk.letter())
    return LineForm(**values).fit(asked, keeps_addresses=collection.keeps_addresses)


def _open(collection_id: UUID) -> Collection:
    collection = queries.get(desk.letter().id, collection_id)
    if not collection.takes_rows:
        raise NotNow
    return collection


def _page(
    collection: Collection, form: LineForm, status: int = 200, **values: Any
) -> ResponseReturnValue:
    sheet = form.sheet.data or ""
    return desk.page(
        "staff/collected/enter.html",
        status,
        collection=collection,
        form=form,
        countries=dict(locales.countries(locales.current().tag)),
        latest=queries.list_typed(collection, gate.signed().doer.actor.id, limit=LATEST),
        sheet=sheet,
        on_sheet=queries.count_on_sheet(collection, sheet),
        **{"same": None, **values},
    )


@bp.post("/<uuid:collection_id>/enter")
@gate.asks(Act.COLLECT)
def enter(collection_id: UUID) -> ResponseReturnValue:
    """One line. What is counted already is said at once, and nothing typed is lost."""
    collection = _open(collection_id)
    form = _form(collection, formdata=request.form)
    signer = form.read()
    if signer is None:
        return _page(collection, form, 422)
    with transaction():
        done = entering.enter(collection, signer, by=gate.signed().doer.actor)
    if done.id is None:
        form.email.errors = [_("This address is counted already. The line was not entered.")]
        return _page(queries.get(collection.letter_id, collection.id), form, 422)
    return redirect(_next(collection_id, signer.sheet, done), 303)


def _next(collection_id: UUID, sheet: str, done: Entered) -> str:
    """The empty line, on the same sheet; `same` is where this name and place came before."""
    kept: dict[str, Any] = {"sheet": sheet} if sheet else {}
    if done.same_name_on is not None:
        kept["same"] = done.same_name_on
    return url_for(".show", collection_id=collection_id, **kept)
