"""One partner or source: figures, facts, links, logo, and whom the campaign writes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import clock, locales
from signing.core.db import snapshot, transaction
from signing.core.links import absolute
from signing.core.refusals import NotFound
from signing.counts import brought
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import actions, agreeing, contact, logos, queries
from signing.partners.actions import Facts
from signing.partners.models import Partner, State
from signing.signatures import credit
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.partners.forms import ContactForm, FactsForm, SourceForm
from signing.web.staff.partners.pages import STATES, link_of, to_partner

bp = Blueprint("partners_one", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>")
MOST_DAYS = 60
AROUND_BYTES = 64 * 1024  # the rest of the form of a logo
LIGHT = "#fff"
Form = FactsForm | SourceForm


@dataclass(frozen=True, slots=True)
class Day:
    """What one day (UTC) brought, by language and in all."""

    day: date
    first: int
    later: int
    by_locale: Mapping[str, int]


@bp.get("")
@gate.asks(Act.MANAGE_PARTNERS)
def show(partner_id: UUID) -> ResponseReturnValue:
    letter, partner = _found(partner_id)
    return _page(letter, partner, _facts_form(partner), _contact_form(partner))


def _found(partner_id: UUID, *, to_change: bool = False) -> tuple[Letter, Partner]:
    letter = desk.letter()
    return letter, queries.get(letter.id, partner_id, to_change=to_change)


def _facts_form(partner: Partner) -> Form:
    known = {"name": partner.name, "site": partner.site, "locales": partner.locales}
    if not partner.is_partner:
        return SourceForm(formdata=None, data=known)
    return FactsForm(formdata=None, data=known | {"origins": "\n".join(partner.origins)}).offer()


def _contact_form(partner: Partner) -> ContactForm:
    who = contact.find(partner)
    known = {"contact": who.name, "email": who.email} if who else {}
    return ContactForm(formdata=None, data=known | {"locale": partner.locale}).offer()


def _page(
    letter: Letter,
    partner: Partner,
    facts: Form,
    whom: ContactForm,
    status: int = 200,
    *,
    logo_error: str = "",
    note: str = "",
) -> ResponseReturnValue:
    accepted = next(iter(queries.list_agreements(letter.id, partner.id)), None)
    return desk.page(
        "staff/partners/one.html",
        status,
        letter=letter,
        partner=partner,
        facts=facts,
        whom=whom,
        state=STATES[State(partner.state)],
        days=_days(letter, partner),
        today=clock.now().date(),
        links=_links(letter, partner),
        needs_answer=agreeing.needs_answer(partner),
        may_accept=agreeing.may_accept(partner),
        can_write=contact.find(partner) is not None,
        accepted=accepted,
        acceptor=contact.find_acceptor(accepted) if accepted else None,
        may_programs=gate.signed().may(Act.MANAGE_PROGRAMS, letter.id),
        has_logo=queries.has_logo(letter.id, partner.id),
        logo_error=logo_error,
        note=note,
        named=locales.languages(),
    )


def _days(letter: Letter, partner: Partner) -> list[Day]:
    """The newest first; days without anybody are left out."""
    with snapshot():
        first = brought.by_day(letter.id, partner.id, locales.languages())
        later = credit.by_day(letter.id, partner.id)
    found = [
        Day(
            day,
            sum(first.get(day, {}).values()),
            sum(later.get(day, {}).values()),
            first.get(day, {}),
        )
        for day in sorted(first.keys() | later.keys(), reverse=True)
    ]
    return found[:MOST_DAYS]


def _links(letter: Letter, partner: Partner) -> list[tuple[locales.Language, str, str]]:
    """In each language of the letter: the link to pass on, and the page with codes to copy."""
    return [
        (
            language,
            link_of(letter, partner, tag),
            absolute("embed.snippets.show_from", slug=letter.slug, locale=tag, code=partner.code),
        )
        for tag in letters.list_locales(letter.id)
        if (language := locales.find(tag))
    ]


@bp.post("")
@gate.asks(Act.MANAGE_PARTNERS)
def edit(partner_id: UUID) -> ResponseReturnValue:
    """These facts hold afterwards."""
    letter, partner = _found(partner_id)
    form: Form = SourceForm(formdata=request.form)
    if partner.is_partner:
        form = FactsForm(formdata=request.form).offer()
    if not form.validate():
        return _page(letter, partner, form, _contact_form(partner), 422)
    facts = form.facts if isinstance(form, FactsForm) else Facts(form.name.data or "")
    with transaction():
        _letter, partner = _found(partner_id, to_change=True)
        actions.edit(partner, facts, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


@bp.post("/contact")
@gate.asks(Act.MANAGE_PARTNERS, fresh=True)
def set_contact(partner_id: UUID) -> ResponseReturnValue:
    """The partner's mails go there from now on."""
    letter, partner = _found(partner_id)
    if not partner.is_partner:
        raise NotFound
    form = ContactForm(formdata=request.form).offer()
    if not form.validate():
        return _page(letter, partner, _facts_form(partner), form, 422)
    with transaction():
        _letter, partner = _found(partner_id, to_change=True)
        actions.set_contact(partner, form.who, form.locale.data, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


@bp.post("/link")
@gate.asks(Act.MANAGE_PARTNERS, fresh=True)
def renew_link(partner_id: UUID) -> ResponseReturnValue:
    """A fresh link by mail; every older one is void."""
    try:
        with transaction():
            letter, partner = _found(partner_id, to_change=True)
            agreeing.renew_link(partner, by=gate.signed().doer.actor)
    except agreeing.WrittenLately:
        letter, partner = _found(partner_id)
        note = _("A mail went to them a few minutes ago. Try again in five minutes.")
        return _page(letter, partner, _facts_form(partner), _contact_form(partner), 409, note=note)
    return to_partner(letter, partner_id)


@bp.post("/logo")
@gate.asks(Act.MANAGE_PARTNERS, most_bytes=logos.MOST_BYTES + AROUND_BYTES)
def set_logo(partner_id: UUID) -> ResponseReturnValue:
    letter, partner = _found(partner_id)
    uploaded = request.files.get("logo")
    try:
        drawn = logos.draw(uploaded.stream.read(logos.MOST_BYTES + 1) if uploaded else b"")
    except logos.LogoUnusable:
        error = _("Choose a PNG or JPEG picture of 500 KB at most.")
        forms = _facts_form(partner), _contact_form(partner)
        return _page(letter, partner, *forms, 422, logo_error=error)
    with transaction():
        actions.set_logo(partner, drawn, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


@bp.post("/logo/remove")
@gate.asks(Act.MANAGE_PARTNERS)
def remove_logo(partner_id: UUID) -> ResponseReturnValue:
    letter, partner = _found(partner_id)
    with transaction():
        actions.remove_logo(partner, by=gate.signed().doer.actor)
    return to_partner(letter, partner_id)


@bp.get("/logo.png")
@gate.asks(Act.MANAGE_PARTNERS)
def show_logo(partner_id: UUID) -> ResponseReturnValue:
    letter, partner = _found(partner_id)
    logo = queries.find_logo(letter.id, partner.id)
    if logo is None:
        raise NotFound
    return Response(logo.png, content_type="image/png")


@bp.get("/qr.svg")
@gate.asks(Act.MANAGE_PARTNERS)
def show_qr(partner_id: UUID) -> ResponseReturnValue:
    """For print: of any size."""
    return _qr(partner_id, "svg", "image/svg+xml", scale=8)


@bp.get("/qr.png")
@gate.asks(Act.MANAGE_PARTNERS)
def show_qr_picture(partner_id: UUID) -> ResponseReturnValue:
    """For programs that know no SVG."""
    return _qr(partner_id, "png", "image/png", scale=16)


def _qr(partner_id: UUID, kind: str, content_type: str, **options: Any) -> Response:
    """To the letter in the best language for whoever scans it."""
    letter, partner = _found(partner_id)
    address = absolute("site.letters.choose", slug=letter.slug) + f"?from={partner.code}"
    picture = BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(picture, kind=kind, border=4, light=LIGHT, **options)
    response = Response(picture.getvalue(), content_type=content_type)
    name = f"{letter.slug}-{partner.code}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
