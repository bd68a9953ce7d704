"""A number that others answer for, with the link where it can be looked up."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.collected import actions, queries
from signing.collected.models import Kind
from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.collected.forms import FigureForm, today

bp = Blueprint("collected_figures", __name__, url_prefix="/letters/<slug>/collected")


@bp.get("/figure")
@gate.asks(Act.COLLECT)
def show_new() -> ResponseReturnValue:
    return _page(FigureForm(formdata=None, data={"as_of": today()}))


@bp.get("/<uuid:collection_id>/figure")
@gate.asks(Act.COLLECT)
def show(collection_id: UUID) -> ResponseReturnValue:
    """A newer number for a source that is there."""
    known = queries.get(desk.letter().id, collection_id)
    if known.kind != Kind.FIGURE:
        raise NotFound
    data = {"source": known.source, "link": known.link, "as_of": today()}
    return _page(FigureForm(formdata=None, data=data))


def _page(form: FigureForm, status: int = 200) -> ResponseReturnValue:
    return desk.page("staff/collected/figure.html", status, form=form)


@bp.post("/figure")
@gate.asks(Act.COLLECT)
def save() -> ResponseReturnValue:
    """The number stands beside the confirmed one; an older one of the same source is replaced."""
    form = FigureForm(formdata=request.form)
    if not form.validate():
        return _page(form, 422)
    with transaction():
        about, by = form.about(Kind.FIGURE), gate.signed().doer.actor
        actions.add_figure(desk.letter(), about, form.n, by=by)
    return redirect(url_for("staff.collected.show", done=1), 303)
