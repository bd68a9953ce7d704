"""A new letter: its title, its language and its address; all else follows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length

from signing.core import latin, locales
from signing.core.db import transaction
from signing.letters import drafts, queries, slugs
from signing.staff_accounts.actions import NotAllowed
from signing.staff_accounts.roles import Act
from signing.web.addresses import reserved_slugs
from signing.web.speech import spoken
from signing.web.staff import gate
from signing.web.staff.forms import Plain
from signing.web.staff.texts.forms import one_line

bp = Blueprint("new_letter", __name__, url_prefix="/new-letter")

DANGLING = 3  # letters of words such as und, the, de


class NewLetterForm(Plain):
    title = StringField(
        _l("Title"),
        [
            DataRequired(_l("Enter a title.")),  # spaces alone are none
            Length(max=drafts.TITLE_CHARACTERS, message=_l("The title is too long.")),
        ],
        filters=[lambda value: one_line(value or "")],
    )
    locale = SelectField(
        _l("Language of the original"),
        description=_l(
            "Languages that form and mails are translated into. Another one takes a few hours' "
            "work: see “For translators” in the documentation."
        ),
    )
    slug = StringField(_l("Address (optional)"), filters=[lambda value: (value or "").strip()])

    def offer(self) -> NewLetterForm:
        self.locale.choices = [
            SelectChoice(tag, language.name) for tag, language in locales.languages().items()
        ]
        return self

    def validate_slug(self, field: Any) -> None:
        """An empty one is made from the title; a title without Latin letters makes none."""
        if not (field.data or self.title.data):
            return  # that there is no title is said already
        wanted = field.data or suggest(self.title.data or "", self.locale.data)
        reserved = reserved_slugs(current_app)
        try:
            slugs.check(wanted, reserved)
        except slugs.SlugUnusable:
            raise ValidationError(
                _l("Enter an address of small Latin letters, digits and hyphens; some are taken.")
            ) from None
        if queries.find_by_slug(wanted) is not None:
            raise ValidationError(_l("Another letter has or had this address."))
        self.chosen = wanted


def suggest(title: str, locale: str) -> str:
    """The title as an address: Latin letters without marks, hyphens between whole words."""
    words = latin.words(title, locale)
    kept = _cut(words)
    return "-".join(kept) if kept else "".join(words[:1])[: slugs.SLUG_CHARACTERS]


def _cut(words: list[str]) -> list[str]:
    """As many words as fit; where some do not, without an "and" or "of" dangling at the end."""
    kept = list(words)
    while len("-".join(kept)) > slugs.SLUG_CHARACTERS:
        kept.pop()
    if len(kept) < len(words):
        while len(kept) > 1 and len(kept[-1]) <= DANGLING:
            kept.pop()
    return kept


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show() -> ResponseReturnValue:
    form = NewLetterForm(formdata=None, data={"locale": spoken().tag})
    return _page(form.offer())


def _page(form: NewLetterForm, status: int = 200) -> ResponseReturnValue:
    """Whoever works on single letters is told whom to ask."""
    is_allowed = gate.signed().may(Act.EDIT_LETTER)
    page = render_template("staff/texts/new_letter.html", form=form, is_allowed=is_allowed)
    return make_response(page, status)


@bp.post("")
@gate.asks(Act.EDIT_LETTER)
def add() -> ResponseReturnValue:
    if not gate.signed().may(Act.EDIT_LETTER):
        raise NotAllowed
    form = NewLetterForm(formdata=request.form).offer()
    if not form.validate():
        return _page(form, 422)
    with transaction():
        letter = drafts.add_letter(
            form.chosen,
            form.title.data or "",
            form.locale.data,
            reserved_slugs(current_app),
            by=gate.signed().doer.actor,
        )
    return redirect(
        url_for("staff.texts_editor.show", slug=letter.slug, into=letter.default_locale), 303
    )
