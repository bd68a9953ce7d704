"""A letter's texts: how each language stands, and the way from draft to what visitors see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.audit import Actor
from signing.core import locales
from signing.core.db import transaction
from signing.core.locales import Language
from signing.core.refusals import NotFound, Refusal
from signing.letters import drafts, previews, writing
from signing.letters.models import Letter, TranslationState
from signing.letters.writing import Standing, Working
from signing.signatures import queries as signatures
from signing.staff_accounts import profile
from signing.staff_accounts import queries as staff_accounts
from signing.staff_accounts.actions import NotAllowed
from signing.staff_accounts.roles import Act, may
from signing.web.speech import spoken
from signing.web.staff import desk, gate
from signing.web.staff.texts import doubts
from signing.web.staff.texts.doubts import Doubt

bp = Blueprint("texts", __name__, url_prefix="/letters/<slug>/texts")

STATES = {
    TranslationState.DRAFT: _l("Draft"),
    TranslationState.REVIEWED: _l("Reviewed, not published"),
    TranslationState.PUBLISHED: _l("Published"),
}


WHY_CHARACTERS = 1000


class ReasonMissing(Refusal):
    status = 422
    message = _l("People have signed this text. Say why it is changed; visitors read that.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A language as the list and the editor show it."""

    language: Language
    standing: Standing
    by: str  # who did the last thing to it; "": not from here
    lacking: tuple[str, ...]  # what keeps it from being published
    preview: str  # the page as visitors would see it
    is_editor: bool  # may publish and take away
    asks_correction: bool
    doubts: tuple[Doubt, ...]  # what visitors may stumble over

    @property
    def working(self) -> Working:
        return self.standing.working

    @property
    def state(self) -> str:
        return str(STATES[self.working.state])


def may_write(letter: Letter, locale: str) -> bool:
    """Translators write their languages, and never the original."""
    if locale == letter.default_locale:
        return gate.signed().may(Act.EDIT_LETTER, letter.id)
    return may(gate.signed().known.held, Act.TRANSLATE, letter.id, locale)


def get_writable(letter: Letter, locale: str) -> Working:
    """The text, if the member may write it."""
    if not may_write(letter, locale):
        raise NotAllowed
    return writing.get(letter, locale)


def entry(letter: Letter, working: Working, names: dict[str, str]) -> Entry:
    is_signed = working.is_original and signatures.has_confirmed(letter.id)
    token = previews.make(letter.id, working.locale)
    return Entry(
        language=locales.languages()[working.locale],
        standing=writing.stand(working),
        by=names.get(working.member_id, ""),
        lacking=tuple(drafts.list_lacking(working)),
        preview=url_for("site.preview.show", locale=working.locale, slug=letter.slug, token=token),
        is_editor=gate.signed().may(Act.EDIT_LETTER, letter.id),
        asks_correction=is_signed and working.shown is not None,
        doubts=tuple(doubts.of_text(letter, working)),
    )


def names(workings: Sequence[Working]) -> dict[str, str]:
    """What those are called who did the last thing, by the id that drafts hold."""
    called = {}
    for id_ in {one.member_id for one in workings if one.member_id}:
        with suppress(NotFound):
            called[id_] = profile.of(staff_accounts.get(UUID(id_))).shown
    return called


@bp.get("")
@gate.asks(Act.TRANSLATE)
def show() -> ResponseReturnValue:
    return page()


def page(status: int = 200, *, mistakes: Sequence[tuple[str, str]] = ()) -> ResponseReturnValue:
    letter = desk.letter()
    standing = writing.list_all(letter)
    called = names(standing)
    written = {one.locale for one in standing}
    return desk.page(
        "staff/texts/list.html",
        status,
        letter=letter,
        entries=[entry(letter, one, called) for one in standing if may_write(letter, one.locale)],
        original_language=locales.languages()[letter.default_locale],
        addable=_list_addable(written) if gate.signed().may(Act.EDIT_LETTER, letter.id) else [],
        mistakes=mistakes,
    )


def _list_addable(written: set[str]) -> list[tuple[Language, str]]:
    """Languages still to be had, each in its own words and in the reader's."""
    here = spoken().babel
    return [
        (language, language.babel.get_display_name(here) or tag)
        for tag, language in locales.languages().items()
        if tag not in written
    ]


@bp.post("/languages")
@gate.asks(Act.EDIT_LETTER)
def add() -> ResponseReturnValue:
    letter, tag = desk.letter(), request.form.get("locale", "")
    with transaction():
        drafts.add_language(letter, tag, by=gate.signed().doer.actor)
    return redirect(url_for("staff.texts_editor.show", into=tag), 303)


def version() -> int:
    """Of the draft that the form was made for."""
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else -1


def _carry_out(into: str, verb: Callable[..., None], **more: object) -> ResponseReturnValue:
    """Have it done to the text as the form knew it; a "no" is said above the list."""
    letter = desk.letter()
    get_writable(letter, into)
    try:
        with transaction():
            verb(letter, into, version(), by=gate.signed().doer.actor, **more)
    except Refusal as refusal:
        place = "why" if isinstance(refusal, ReasonMissing) else "text"
        return page(refusal.status, mistakes=[(f"{place}-{into}", str(refusal))])
    return redirect(url_for("staff.texts.show", slug=letter.slug, done="1"), 303)


@bp.post("/<into>/review")
@gate.asks(Act.TRANSLATE)
def review(into: str) -> ResponseReturnValue:
    return _carry_out(into, drafts.review)


@bp.post("/<into>/publish")
@gate.asks(Act.EDIT_LETTER)
def publish(into: str) -> ResponseReturnValue:
    why = " ".join(request.form.get("correction", "").split())[:WHY_CHARACTERS]
    return _carry_out(into, _publish, why=why)


def _publish(letter: Letter, into: str, version: int, *, why: str, by: Actor) -> None:
    """Whether people have signed is asked only now, while nobody can become the first to."""
    working = writing.get(letter, into)
    is_signed = working.is_original and signatures.has_confirmed(letter.id, to_change=True)
    if is_signed and working.shown is not None and not why:
        raise ReasonMissing
    correction = why if working.is_original else ""
    drafts.publish(letter, into, version, has_signatures=is_signed, correction=correction, by=by)


@bp.post("/<into>/keep")
@gate.asks(Act.TRANSLATE)
def keep(into: str) -> ResponseReturnValue:
    return _carry_out(into, drafts.keep)


@bp.post("/<into>/unpublish")
@gate.asks(Act.EDIT_LETTER)
def unpublish(into: str) -> ResponseReturnValue:
    return _carry_out(into, drafts.unpublish)


@bp.post("/<into>/discard")
@gate.asks(Act.EDIT_LETTER)
def discard(into: str) -> ResponseReturnValue:
    return _carry_out(into, drafts.discard)
