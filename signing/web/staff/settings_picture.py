"""A letter's picture: put in, aimed, taken out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.letters import pictures
from signing.letters import queries as letters
from signing.letters.pictures import Picture, PictureUnusable
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

bp = Blueprint("settings_picture", __name__, url_prefix="/letters/<slug>/settings/picture")
AROUND_BYTES = 64 * 1024  # the rest of the form


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    return _page()


@bp.post("")
@gate.asks(Act.EDIT_LETTER, most_bytes=pictures.MOST_BYTES + AROUND_BYTES)
def put(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
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
def aim(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    x, y = (_percent(request.form.get(name)) for name in ("x", "y"))
    with transaction():
        pictures.look_at(letters.get_to_change(letter.id), x, y, by=gate.signed().doer.actor)
    return _done(letter.slug)


def _percent(text: str | None) -> int:
    if not (text or "").isdecimal() or not 0 <= int(text or "") <= 100:
        raise NotFound
    return int(text or "")


@bp.post("/remove")
@gate.asks(Act.EDIT_LETTER)
def remove(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    with transaction():
        pictures.remove(letters.get_to_change(letter.id), by=gate.signed().doer.actor)
    return _done(letter.slug)


def _done(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=slug, done=1), 303)


def _page(error: str = "", status: int = 200) -> ResponseReturnValue:
    letter = desk.letter()
    picture = Picture.of(letter)
    values: dict[str, Any] = {"error": error, "picture": picture, "thirds": (0, 50, 100)}
    if picture:
        name = f"{picture.fallback_width}.jpg"
        shown = url_for("site.looks.picture", slug=letter.slug, digest=picture.digest, name=name)
        values["shown"] = shown
    return desk.page("staff/settings/picture.html", status, letter=letter, **values)
