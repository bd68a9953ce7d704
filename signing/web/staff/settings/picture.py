"""A letter's picture: put in, aimed, taken out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.letters import pictures
from signing.letters import queries as letters
from signing.letters.pictures import Picture, PictureUnusable
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

bp = Blueprint("settings_picture", __name__, url_prefix="/letters/<slug>/settings/picture")
LONGEST_PERCENT = 3
AROUND_BYTES = 64 * 1024  # the rest of the form


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show() -> ResponseReturnValue:
    return _page()


@bp.post("")
@gate.asks(Act.EDIT_LETTER, most_bytes=pictures.MOST_BYTES + AROUND_BYTES)
def put() -> ResponseReturnValue:
    """Decoded before the transaction: that takes a moment, and nobody is to wait for it."""
    letter = desk.letter()
    sent = request.files.get("file")
    content = sent.stream.read() if sent else b""
    try:
        made = pictures.make(content)
    except PictureUnusable as refusal:
        return _page(str(refusal), refusal.status)
    with transaction():
        pictures.keep(letters.get_to_change(letter.id), made, by=gate.signed().doer.actor)
    return _done(letter.slug)


@bp.post("/focus")
@gate.asks(Act.EDIT_LETTER)
def aim() -> ResponseReturnValue:
    letter = desk.letter()
    if Picture.of(letter) is None:  # it was taken out meanwhile
        raise NotFound
    x, y = (_percent(request.form.get(name, "")) for name in ("x", "y"))
    if x is None or y is None:
        return _page(aim_error=_("Enter two numbers between 0 and 100."), status=422)
    with transaction():
        pictures.look_at(letters.get_to_change(letter.id), x, y, by=gate.signed().doer.actor)
    return _done(letter.slug)


def _percent(text: str) -> int | None:
    """None for what is none; no number of thousands of digits is ever made."""
    is_short = text.isdecimal() and len(text) <= LONGEST_PERCENT
    return int(text) if is_short and int(text) <= 100 else None


@bp.post("/remove")
@gate.asks(Act.EDIT_LETTER)
def remove() -> ResponseReturnValue:
    letter = desk.letter()
    with transaction():
        pictures.remove(letters.get_to_change(letter.id), by=gate.signed().doer.actor)
    return _done(letter.slug)


def _done(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=slug, done=1), 303)


def _page(error: str = "", status: int = 200, *, aim_error: str = "") -> ResponseReturnValue:
    letter = desk.letter()
    picture = Picture.of(letter)
    values: dict[str, Any] = {
        "error": error,
        "aim_error": aim_error,
        "picture": picture,
    }
    if picture:
        name = f"{picture.fallback_width}.jpg"
        shown = url_for("site.looks.picture", slug=letter.slug, digest=picture.digest, name=name)
        values["shown"] = shown
    return desk.page("staff/settings/picture.html", status, letter=letter, **values)
