"""Asking for an export: choose, see how many and the first rows, say why and for whom."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import CombinedMultiDict

from signing.core.db import transaction
from signing.exports import actions, allowance, encryption, queries
from signing.exports.choice import Choice, Format, Preset
from signing.exports.refused import NobodyElse, NothingToExport
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.moderation import hidden
from signing.signatures.wanted import Wanted
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.exports import words
from signing.web.staff.exports.form import ChoiceForm, ExportForm

bp = Blueprint("exports_asking", __name__, url_prefix="/letters/<slug>/exports")
FIRST_ROWS = 5
MOST_BYTES = 4 * encryption.MOST_BYTES  # a key as a file, or pasted with its signs escaped


@bp.get("/new")
@gate.asks(Act.EXPORT, fresh=True)
def show() -> ResponseReturnValue:
    """First what it is for; then what that needs, and nothing else."""
    letter = desk.letter()
    chosen = {"preset": request.args.get("for", ""), "format": Format.CSV}
    return _page(ExportForm(formdata=None, data=chosen).offer(letter))


def _page(form: ChoiceForm, status: int = 200, **preview: Any) -> ResponseReturnValue:
    me = str(gate.signed().id)
    others = queries.list_seconds(form.letter.id, but=me)
    whose = preview.pop("conditions", Choice(Wanted(form.letter.id)).conditions())
    return desk.page(
        "staff/exports/ask.html",
        status,
        letter=form.letter,
        form=form,
        names=words.COLUMNS,
        presets=words.PRESETS,
        hints=words.HINTS,
        hidden=hidden.count(form.letter.id, whose) if form.chosen is Preset.DELIVERY else 0,
        alone=allowance.ALONE,
        days=allowance.WITHIN.days,
        left=allowance.left(form.letter.id, me),
        has_others=bool(others),
        preview=preview,
    )


@bp.post("/preview")
@gate.asks(Act.EXPORT, fresh=True, most_bytes=MOST_BYTES, most_typed=MOST_BYTES)
def preview() -> ResponseReturnValue:
    """The same form, with how many rows fit and the first of them."""
    letter = desk.letter()
    form = ExportForm(formdata=_sent()).offer(letter)
    if not ChoiceForm(formdata=_sent()).offer(letter).validate():
        form.validate()
        return _page(form, 422)
    choice = form.choice
    number = queries.count(choice)
    rows = queries.list_first(choice, FIRST_ROWS) if _takes_first(letter, choice) else []
    return _page(
        form, number=number, columns=choice.columns, rows=rows, conditions=choice.conditions()
    )


def _takes_first(letter: Letter, choice: Choice) -> bool:
    """Whether the first rows may be shown; they are among those that one carries out alone."""
    by = gate.signed().doer.actor
    with transaction():
        letters.get_to_change(letter.id)
        if allowance.left(letter.id, by.id) < FIRST_ROWS:
            return False
        actions.note_preview(letter, choice, by=by, number=FIRST_ROWS)
    return True


def _sent() -> CombinedMultiDict[str, Any]:
    sent: Any = [request.files, request.form]
    return CombinedMultiDict(sent)


@bp.post("")
@gate.asks(Act.EXPORT, fresh=True, most_bytes=MOST_BYTES, most_typed=MOST_BYTES)
def ask() -> ResponseReturnValue:
    letter = desk.letter()
    form = ExportForm(formdata=_sent()).offer(letter)
    if not form.validate():
        return _page(form, 422)
    number = queries.count(form.choice)
    try:
        with transaction():
            export = actions.ask(
                letter, form.choice, form.purpose, by=gate.signed().doer, number=number
            )
    except (NobodyElse, NothingToExport) as refusal:
        field = form.key if isinstance(refusal, NobodyElse) else form.preset
        field.errors = [*field.errors, str(refusal)]
        return _page(form, refusal.status, number=number)
    return redirect(url_for("staff.exports.show", export_id=export.id), 303)
