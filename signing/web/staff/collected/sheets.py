"""Sheets of paper to print and lay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from signing.audit import Verb, log
from signing.core import locales
from signing.core.db import transaction
from signing.core.later import later
from signing.core.links import absolute
from signing.core.refusals import NotFound
from signing.letters import paper
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.paper import Paper, Words
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

if TYPE_CHECKING:
    from signing.letters import sheets
else:
    sheets = later("signing.letters.sheets")

bp = Blueprint("collected_sheets", __name__, url_prefix="/letters/<slug>/sheets")
ROWS = 12


@bp.get("")
@gate.asks(Act.COLLECT)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    named = locales.languages()
    return desk.page(
        "staff/collected/sheets.html",
        letter=letter,
        languages=[named[tag] for tag in letters.list_locales(letter.id) if tag in named],
        numbers=range(sheets.FEWEST_ROWS, sheets.MOST_ROWS + 1),
        rows=ROWS,
    )


@bp.post("/pdf")
@gate.asks(Act.COLLECT)
def make() -> ResponseReturnValue:
    """The sheet as PDF. The sentence on it is kept by version, hence no GET."""
    letter, tag = desk.letter(), request.form.get("language", "")
    if tag not in letters.list_locales(letter.id) or not locales.find(tag):
        raise NotFound
    with transaction():
        words = _words(letter, tag)
        sheets.check(words)
        by, details = gate.signed().doer.actor, {"wording": words.code}
        log.record(
            Verb.SHEET_PRINTED, by=by, subject=letter.slug, letter_id=letter.id, details=details
        )
    is_letter = request.form.get("paper") == Paper.LETTER
    content = sheets.pdf(words, paper=Paper.LETTER if is_letter else Paper.A4, rows=_rows())
    name = f"{letter.slug}-{tag}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="application/pdf", headers=headers)


def _words(letter: Letter, tag: str) -> Words:
    here = {"locale": tag, "slug": letter.slug}
    return paper.write(
        letters.read(letter, tag),
        url=absolute("site.letters.show", **here),
        address=absolute("site.letters.choose", slug=letter.slug),
        privacy_url=absolute("site.notices.privacy", **here),
    )


def _rows() -> int:
    text = request.form.get("rows", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else ROWS
