"""Who carries a letter: partners and the campaign's own sources, with what they brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.core import clock
from signing.core.db import snapshot, transaction
from signing.core.links import absolute
from signing.counts import brought
from signing.counts.brought import Figures
from signing.letters.models import Letter
from signing.partners import actions, agreeing, queries
from signing.partners.models import Partner, State
from signing.signatures import credit
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import desk, gate, tables
from signing.web.staff.partners.forms import InviteForm, SourceForm
from signing.web.staff.tables import Page

bp = Blueprint("partners", __name__, url_prefix="/letters/<slug>/partners")
STATES = {
    State.INVITED: _l("Invited"),
    State.ACTIVE: _l("Active"),
    State.SUSPENDED: _l("Suspended"),
    State.DECLINED: _l("Declined"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A partner or source with its figures."""

    partner: Partner
    figures: Figures
    touches: int
    state: str
    is_late: bool


# By state comes first who is active, and among those of one state by name.
SORTS = ("state", "name", "code", "-ever", "-today", "-again")
ACTIVE_FIRST = (State.ACTIVE, State.INVITED, State.SUSPENDED, State.DECLINED)
KEYS: dict[str, Callable[[Row], Any]] = {
    "state": lambda one: (ACTIVE_FIRST.index(State(one.partner.state)), KEYS["name"](one)),
    "name": lambda one: tables.by_words(one.partner.name),
    "code": lambda one: one.partner.code,
    "ever": lambda one: one.figures.ever,
    "today": lambda one: one.figures.lately,
    "again": lambda one: one.touches,
}


@bp.get("")
@gate.asks(Act.MANAGE_PARTNERS)
def show_all() -> ResponseReturnValue:
    rows = _rows(desk.letter())
    partners = [one for one in rows if one.partner.is_partner]
    sources = [one for one in rows if not one.partner.is_partner]
    chosen = request.args.get("state", "")
    state = chosen if chosen in set(State) else ""
    return desk.page(
        "staff/partners/all.html",
        partners=_sorted([one for one in partners if state in ("", one.partner.state)], state),
        sources=_sorted(sources, state, name="sources_"),
        has_partners=bool(partners),
        chosen=state,
        states=STATES,
    )


def _sorted(rows: list[Row], state: str, *, name: str = "") -> Page[Row]:
    """Few, each with figures that are counted together: sorted here."""
    table = tables.read(*SORTS, name=name)
    return table.of_all(rows, KEYS, lambda one: one.partner.code, state=state)


def _rows(letter: Letter) -> list[Row]:
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with snapshot():
        figures = brought.totals(letter.id, midnight)
        touches = credit.totals(letter.id)
    return [
        Row(
            one,
            figures.get(one.id, Figures()),
            touches.get(one.id, 0),
            str(STATES[State(one.state)]),
            agreeing.needs_answer(one) and not agreeing.may_accept(one),
        )
        for one in queries.list_all(letter.id)
    ]


@bp.get("/invite")
@gate.asks(Act.MANAGE_PARTNERS, fresh=True)
def show_invite() -> ResponseReturnValue:
    form = InviteForm(formdata=None, data={"locale": spoken().tag}).offer()
    return desk.page("staff/partners/invite.html", form=form)


@bp.post("/invite")
@gate.asks(Act.MANAGE_PARTNERS, fresh=True)
def invite() -> ResponseReturnValue:
    """The contact is mailed the arrangement."""
    form, letter = InviteForm(formdata=request.form).offer(), desk.letter()
    if form.validate():
        try:
            with transaction():
                made = agreeing.invite(
                    letter.id,
                    form.chosen_code(letter.default_locale),
                    form.facts,
                    form.who,
                    form.locale.data,
                    by=gate.signed().doer.actor,
                )
            return to_partner(letter, made.id)
        except actions.CodeTaken:
            form.refuse_code()
    return desk.page("staff/partners/invite.html", 422, form=form)


@bp.get("/code")
@gate.asks(Act.MANAGE_PARTNERS)
def show_code() -> ResponseReturnValue:
    return desk.page("staff/partners/code.html", form=SourceForm(formdata=None))


@bp.post("/code")
@gate.asks(Act.MANAGE_PARTNERS)
def make_code() -> ResponseReturnValue:
    """A source of the campaign's own counts from now on."""
    form, letter = SourceForm(formdata=request.form), desk.letter()
    if form.validate():
        try:
            with transaction():
                made = actions.make_code(
                    letter.id,
                    form.chosen_code(letter.default_locale),
                    form.name.data or "",
                    by=gate.signed().doer.actor,
                )
            return to_partner(letter, made.id)
        except actions.CodeTaken:
            form.refuse_code()
    return desk.page("staff/partners/code.html", 422, form=form)


@bp.post("/<uuid:partner_id>/suspend")
@gate.asks(Act.MANAGE_PARTNERS)
def suspend(partner_id: UUID) -> ResponseReturnValue:
    """Nothing is credited from now on."""
    letter = desk.letter()
    with transaction():
        partner = queries.get(letter.id, partner_id, to_change=True)
        actions.suspend(partner, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


@bp.post("/<uuid:partner_id>/resume")
@gate.asks(Act.MANAGE_PARTNERS)
def resume(partner_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    with transaction():
        partner = queries.get(letter.id, partner_id, to_change=True)
        actions.resume(partner, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


def to_partner(letter: Letter, partner_id: UUID) -> ResponseReturnValue:
    return redirect(
        url_for("staff.partners_one.show", slug=letter.slug, partner_id=partner_id, done="1"), 303
    )


def link_of(letter: Letter, partner: Partner, locale: str) -> str:
    """The address to pass on."""
    page = absolute("site.letters.show", slug=letter.slug, locale=locale)
    return f"{page}?from={partner.code}"
