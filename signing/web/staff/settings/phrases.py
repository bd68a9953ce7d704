"""The small texts of a letter, by language: beside the letter itself, which has its own editor."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.letters import markdown, settings
from signing.letters import queries as letters
from signing.letters.models import Letter, State, Translation, TranslationState
from signing.staff_accounts.actions import NotAllowed
from signing.staff_accounts.roles import Act, may
from signing.web.staff import desk, gate
from signing.web.staff.settings.page_forms import PhrasesForm

bp = Blueprint("phrases", __name__, url_prefix="/letters/<slug>/small-texts")


@bp.get("")
@gate.asks(Act.TRANSLATE)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    held = gate.signed().known.held
    mine = [
        (
            one,
            locales.languages().get(one.locale),
            {name: getattr(one, name) for name in settings.PHRASES},
            _writable(letter, one),
        )
        for one in letters.list_texts(letter.id)
        if may(held, Act.TRANSLATE, letter.id, one.locale)
    ]
    return desk.page("staff/phrases/overview.html", letter=letter, mine=mine)


def _writable(letter: Letter, text: Translation) -> frozenset[str]:
    """What the member may change: words that visitors read, only whoever may publish them.

    Translators write what is not there for visitors yet; never the original's words, nor the
    sentence that people agree to.
    """
    if gate.signed().may(Act.EDIT_LETTER, letter.id):
        return frozenset(settings.PHRASES)
    is_live = text.state == TranslationState.PUBLISHED and letter.state != State.DRAFT
    if is_live or text.locale == letter.default_locale:
        return frozenset()
    return frozenset(settings.PHRASES) - {"newsletter"}


@bp.get("/<into>")
@gate.asks(Act.TRANSLATE)
def show_language(into: str) -> ResponseReturnValue:
    letter = desk.letter()
    text = _text(letter, into)
    return _page(letter, text, PhrasesForm(formdata=None, obj=text))


def _text(letter: Letter, into: str) -> Translation:
    texts = {one.locale: one for one in letters.list_texts(letter.id)}
    if into not in texts:
        raise NotFound
    return texts[into]


def _page(
    letter: Letter, text: Translation, form: PhrasesForm, status: int = 200
) -> ResponseReturnValue:
    originals = letters.list_texts(letter.id)
    original = next((one for one in originals if one.locale == letter.default_locale), None)
    if not letter.newsletter:
        del form.newsletter
    named = locales.languages()
    return desk.page(
        "staff/phrases/language.html",
        status,
        letter=letter,
        form=form,
        writable=_writable(letter, text),
        into=text.locale,
        language_of_text=named.get(text.locale),
        original=original if original and original.locale != text.locale else None,
        language_of_original=named[letter.default_locale],
        thanks=markdown.look(form.thanks.data or ""),
        note=markdown.look(form.delivery_note.data or ""),
    )


@bp.post("/<into>")
@gate.asks(Act.TRANSLATE)
def save(into: str) -> ResponseReturnValue:
    letter = desk.letter()
    text = _text(letter, into)
    form = PhrasesForm(formdata=request.form)
    is_valid = form.validate()
    if not is_valid or "preview" in request.form:
        return _page(letter, text, form, 200 if is_valid else 422)
    values = {name: form[name].data or "" for name in settings.PHRASES if name in request.form}
    with transaction():
        fresh = letters.get_to_change(letter.id)
        is_allowed = _are_writable(fresh, _text(fresh, into), values)
        if is_allowed:
            settings.phrase(fresh, into, values, by=gate.signed().doer.actor)
    if not is_allowed:  # published meanwhile, maybe: what was typed stays in sight
        return _page(desk.letter(), _text(letter, into), form, NotAllowed.status)
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)


def _are_writable(letter: Letter, text: Translation, values: Mapping[str, str]) -> bool:
    changed = {name for name, value in values.items() if value != getattr(text, name)}
    return changed <= _writable(letter, text)
