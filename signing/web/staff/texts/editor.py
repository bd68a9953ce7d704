"""Writing a text: the original alone, a translation beside it, paragraph by paragraph."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import locales
from signing.core.db import transaction
from signing.letters import drafts, markdown
from signing.letters.writing import Working
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.texts import pages as texts
from signing.web.staff.texts.forms import MOST_BYTES, Sheet

bp = Blueprint("texts_editor", __name__, url_prefix="/letters/<slug>/texts/<into>")


@bp.get("")
@gate.asks(Act.TRANSLATE)
def show(into: str) -> ResponseReturnValue:
    working = texts.get_writable(desk.letter(), into)
    return _page(working, Sheet.of(working), looked=markdown.look(working.body))


def _page(working: Working, sheet: Sheet, status: int = 200, **values: Any) -> ResponseReturnValue:
    letter = desk.letter()
    return desk.page(
        "staff/texts/editor.html",
        status,
        letter=letter,
        entry=texts.entry(letter, working, texts.names([working])),
        sheet=sheet,
        working=working,
        text_language=locales.languages()[working.locale],
        original_language=locales.languages()[working.original.locale],
        **({"mistakes": [], "looked": ""} | values),
    )


@bp.post("")
@gate.asks(Act.TRANSLATE, most_bytes=MOST_BYTES, most_typed=MOST_BYTES)
def save(into: str) -> ResponseReturnValue:
    letter = desk.letter()
    working, sheet = texts.get_writable(letter, into), Sheet.sent(request.form)
    if mistakes := _find_mistakes(working, sheet):
        return _page(working, sheet, 422, mistakes=mistakes)
    try:
        with transaction():
            drafts.save(letter, into, sheet.written(working), by=gate.signed().doer.actor)
    except drafts.SavedMeanwhile as refusal:
        theirs = texts.get_writable(letter, into)
        mistakes = [("theirs", str(refusal))]
        return _page(theirs, sheet.beside(theirs), refusal.status, mistakes=mistakes)
    return redirect(url_for("staff.texts_editor.show", into=into, done="1"), 303)


def _find_mistakes(working: Working, sheet: Sheet) -> list[tuple[str, str]]:
    """Ids of fields with what is wrong with them. A draft may lack anything but measure."""
    lengths = (
        ("text-title", sheet.title.row.text, drafts.TITLE_CHARACTERS),
        ("summary", sheet.summary, drafts.LINE_CHARACTERS),
        ("to", sheet.to, drafts.LINE_CHARACTERS),
        ("privacy", sheet.privacy, markdown.CHARACTERS),
        ("body", sheet.body_for(working), markdown.CHARACTERS),
    )
    return [
        (id_, _("This is too long: %(most)s characters at most.", most=most))
        for id_, text, most in lengths
        if len(text) > most
    ]


@bp.post("/look")
@gate.asks(Act.TRANSLATE, most_bytes=MOST_BYTES, most_typed=MOST_BYTES)
def look(into: str) -> ResponseReturnValue:
    """What was typed, as visitors would read it; nothing is kept.

    For the script only that; else the whole page, with everything as it was typed.
    """
    working = texts.get_writable(desk.letter(), into)
    sheet = Sheet.sent(request.form)
    mistakes = _find_mistakes(working, sheet)
    looked = "" if mistakes else markdown.look(sheet.body_for(working))
    if request.form.get("part"):
        return render_template(
            "staff/texts/look.html",
            looked=looked,
            sheet=sheet,
            text_language=locales.languages()[into],
        )
    status = 422 if mistakes else 200
    return _page(working, sheet, status, looked=looked, mistakes=mistakes)
