"""A letter's settings: all of them at a glance, and each group with a form of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound, Refusal
from signing.letters import moments, pictures, publishing, settings, slugs
from signing.letters import queries as letters
from signing.letters.models import Field, Letter
from signing.signatures import queries as signatures
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.settings.form import GroupForm
from signing.web.staff.settings.page_forms import GoalForm, LookForm, WhoForm
from signing.web.staff.settings.signing_forms import FieldsForm, MailForm, ScreeningForm, TimesForm

bp = Blueprint("settings", __name__, url_prefix="/letters/<slug>/settings")
KINDS = (WhoForm, TimesForm, GoalForm, FieldsForm, MailForm, ScreeningForm, LookForm)
GROUPS: dict[str, type[GroupForm]] = {one.name: one for one in KINDS}

# What holds where nothing is set.
EMPTY = {
    "to": _l("still missing"),
    "controller": _l("still missing"),
    "contact": _l("still missing"),
    "opens_at": _l("as soon as you open it"),
    "closes_at": _l("when you close it"),
    "goal": _l("none is shown"),
    "sender_name": _l("who is responsible"),
    "reply_address": _l("the address for questions"),
    "newsletter": _l("the form does not offer one"),
    "accent": _l("the usual colour of this site"),
}


class ChangedMeanwhile(Refusal):
    status = 409
    message = _l(
        "Somebody else has changed this since you opened the page. Nothing of yours is lost: "
        "compare with what is set now, and save again."
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A setting in words."""

    label: str
    value: str


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    return desk.page(
        "staff/settings/overview.html",
        letter=letter,
        groups=[(form, _lines(form, letter)) for form in GROUPS.values()],
        older=slugs.list_older(letter),
        picture=pictures.Picture.of(letter),
    )


@bp.get("/<group>")
@gate.asks(Act.EDIT_LETTER)
def show_group(group: str) -> ResponseReturnValue:
    letter = desk.letter()
    kind = _kind(group)
    form = kind(formdata=None, data=kind.shown(letter) | {"seen": kind.mark(letter)})
    return _page(form.fit(letter, is_signed=signatures.has_confirmed(letter.id)))


@bp.post("/<group>")
@gate.asks(Act.EDIT_LETTER)
def save(group: str) -> ResponseReturnValue:
    letter = desk.letter()
    kind = _kind(group)
    is_signed = signatures.has_confirmed(letter.id)
    form = kind(formdata=request.form).fit(letter, is_signed=is_signed)
    if not form.validate():
        return _page(form, 422)
    try:
        with transaction():
            fresh = letters.get_to_change(letter.id)
            is_signed = signatures.has_confirmed(letter.id, to_change=True)
            _check_seen(form, fresh)
            signed = settings.Signed(is_signed, form.why)
            settings.change(fresh, form.values(), signed, by=gate.signed().doer.actor)
    except ChangedMeanwhile:
        return _conflict(form, letters.get(letter.id))
    except settings.SettingUnusable as refusal:
        return _wrong(form, refusal.name, refusal.why)
    except publishing.OriginalFrozen as refusal:
        form = kind(formdata=request.form).fit(letter, is_signed=True)  # the first just came
        return _wrong(form, "correction", refusal)
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)


def _check_seen(form: GroupForm, fresh: Letter) -> None:
    if form.seen.data != form.mark(fresh):
        raise ChangedMeanwhile


def _kind(group: str) -> type[GroupForm]:
    if group not in GROUPS:
        raise NotFound
    return GROUPS[group]


def _wrong(form: GroupForm, name: str, why: object) -> ResponseReturnValue:
    field = form[name] if name in form else next(iter(form))
    field.errors = [*field.errors, str(why)]
    return _page(form, 422)


def _conflict(form: GroupForm, fresh: Letter) -> ResponseReturnValue:
    form.seen.data = form.mark(fresh)
    return _page(form, 409, meanwhile=ChangedMeanwhile.message, now=_lines(type(form), fresh))


def _page(form: GroupForm, status: int = 200, **values: Any) -> ResponseReturnValue:
    shown = {"meanwhile": "", "now": []} | values
    return desk.page("staff/settings/group.html", status, form=form, **shown)


def _lines(kind: type[GroupForm], letter: Letter) -> list[Line]:
    """What is set, in words; empty settings too, so that one sees that they are."""
    if kind is FieldsForm:
        return _field_lines(letter)
    form = kind(formdata=None, data=kind.shown(letter)).fit(letter, is_signed=False)
    fields = [field for field in form if field.name not in {"seen", "correction", "take"}]
    return [Line(field.label.text, _said(kind, field, letter)) for field in fields]


def _said(kind: type[GroupForm], field: Any, letter: Letter) -> str:
    value = getattr(letter, field.name)
    if (value is None or value == "") and field.name in EMPTY:
        return str(EMPTY[field.name])
    if field.name in {"opens_at", "closes_at"}:
        return _moment(letter, value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field.name == "goal_grows_at" or kind is ScreeningForm:
        return str({one.value: one.label for one in field.choices}[field.data or ""])
    if isinstance(value, int) and field.name == "goal":
        return locales.number(value, locales.current())
    return "" if value is None else str(value)


def _moment(letter: Letter, moment: Any) -> str:
    """With the distance to UTC, which also tells the two turns of an hour apart."""
    said = locales.moment(letter.local(moment), locales.current())
    return f"{said} ({moments.offset(moment, letter.time_zone)})"


def _field_lines(letter: Letter) -> list[Line]:
    form = FieldsForm(formdata=None, data=FieldsForm.shown(letter)).fit(letter, is_signed=False)
    lines = []
    for one in Field:
        field = form[one]
        said: dict[str, LazyString] = {choice.value: choice.label for choice in field.choices}
        lines.append(Line(field.label.text, str(said[field.data])))
    named = dict(locales.countries(locales.current().tag))
    chosen = [named[code] for code in letter.countries]
    listed = locales.listing(chosen, locales.current()) if chosen else _("everywhere")
    return [*lines, Line(_("Countries that can sign"), listed)]
