"""The small texts of a letter, by language: beside the letter itself, which has its own editor."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.letters import markdown, settings
from signing.letters import queries as letters
from signing.letters.models import Letter, Translation
from signing.staff_accounts.roles import Act, may
from signing.web.staff import desk, gate
from signing.web.staff.settings_page_forms import PhrasesForm

bp = Blueprint("phrases", __name__, url_prefix="/letters/<slug>/small-texts")


@bp.get("")
@gate.asks(Act.TRANSLATE)
def show(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    held = gate.signed().known.held
    mine = [
        (
            one,
            locales.languages().get(one.locale),
            {name: getattr(one, name) for name in settings.PHRASES},
        )
        for one in letters.list_translations(letter.id)
        if may(held, Act.TRANSLATE, letter.id, one.locale)
    ]
    return desk.page("staff/phrases/overview.html", letter=letter, mine=mine)


@bp.get("/<into>")
@gate.asks(Act.TRANSLATE)
def show_language(slug: str, into: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    text = _text(letter, into)
    return _page(letter, text, PhrasesForm(formdata=None, obj=text))


def _text(letter: Letter, into: str) -> Translation:
    texts = {one.locale: one for one in letters.list_translations(letter.id)}
    if into not in texts:
        raise NotFound
    return texts[into]


def _page(
    letter: Letter, text: Translation, form: PhrasesForm, status: int = 200
) -> ResponseReturnValue:
    originals = letters.list_translations(letter.id)
    original = next((one for one in originals if one.locale == letter.default_locale), None)
    if not letter.newsletter:
        del form.newsletter
    named = locales.languages()
    return desk.page(
        "staff/phrases/language.html",
        status,
        letter=letter,
        form=form,
        into=text.locale,
        language_of_text=named.get(text.locale),
        original=original if original and original.locale != text.locale else None,
        language_of_original=named[letter.default_locale],
        thanks=markdown.render(form.thanks.data or ""),
        note=markdown.render(form.delivery_note.data or ""),
    )


@bp.post("/<into>")
@gate.asks(Act.TRANSLATE)
def save(slug: str, into: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    letter = desk.letter()
    text = _text(letter, into)
    form = PhrasesForm(formdata=request.form)
    is_valid = form.validate()
    if not is_valid or "preview" in request.form:
        return _page(letter, text, form, 200 if is_valid else 422)
    values = {name: form[name].data or "" for name in settings.PHRASES if name in request.form}
    with transaction():
        fresh = letters.get_to_change(letter.id)
        settings.phrase(fresh, into, values, by=gate.signed().doer.actor)
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)
