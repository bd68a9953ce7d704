"""A partner's webhooks: adding, switching, new secrets, sending again, removing."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.partners import hooks
from signing.partners.models import HookState, Partner, Webhook
from signing.staff_accounts.roles import Act
from signing.web.staff import gate
from signing.web.staff.partners.programs import found, page
from signing.web.staff.partners.programs_forms import HookForm

bp = Blueprint(
    "partners_hooks", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>/webhooks"
)


@bp.post("")
@gate.asks(Act.MANAGE_PROGRAMS, fresh=True)
def add(partner_id: UUID) -> ResponseReturnValue:
    """Its secret is on the page that answers, and never again."""
    form = HookForm(formdata=request.form)
    letter, partner = found(partner_id)
    if not form.validate():
        return page(letter, partner, 422, hook_form=form)
    try:
        with transaction():
            letter, partner = found(partner_id, to_change=True)
            by = gate.signed().doer.actor
            _hook, secret = hooks.add(partner, form.url.data or "", by=by)
    except hooks.TooManyHooks:
        form.url.errors = [_("There are three webhooks already.")]
        return page(*found(partner_id), 409, hook_form=form)
    return page(letter, partner, secret=secret)


@bp.post("/<uuid:hook_id>/secret")
@gate.asks(Act.MANAGE_PROGRAMS, fresh=True)
def renew(partner_id: UUID, hook_id: UUID) -> ResponseReturnValue:
    """A new secret; the one before stays good for a week."""
    letter, partner = found(partner_id)
    with transaction():
        secret = hooks.renew_secret(_hook(partner, hook_id), by=gate.signed().doer.actor)
    return page(letter, partner, secret=secret)


def _hook(partner: Partner, hook_id: UUID) -> Webhook:
    """The webhook, ours until the transaction ends, if it is this partner's."""
    hook = hooks.get(partner.letter_id, hook_id, to_change=True)
    if hook.partner_id != partner.id:
        raise NotFound
    return hook


@bp.post("/<uuid:hook_id>/switch/<any(on, off):state>")
@gate.asks(Act.MANAGE_PROGRAMS)
def switch(partner_id: UUID, hook_id: UUID, state: str) -> ResponseReturnValue:
    """Off: what is owed waits until it is on again."""
    _letter, partner = found(partner_id)
    with transaction():
        hooks.switch(_hook(partner, hook_id), HookState(state), by=gate.signed().doer.actor)
    return _back(partner_id)


@bp.post("/<uuid:hook_id>/replay")
@gate.asks(Act.MANAGE_PROGRAMS)
def replay(partner_id: UUID, hook_id: UUID) -> ResponseReturnValue:
    """What was given up is tried anew."""
    _letter, partner = found(partner_id)
    with transaction():
        hooks.replay(_hook(partner, hook_id), by=gate.signed().doer.actor)
    return _back(partner_id)


@bp.post("/<uuid:hook_id>/remove")
@gate.asks(Act.MANAGE_PROGRAMS)
def remove(partner_id: UUID, hook_id: UUID) -> ResponseReturnValue:
    """It is called no more."""
    _letter, partner = found(partner_id)
    with transaction():
        hooks.remove(_hook(partner, hook_id), by=gate.signed().doer.actor)
    return _back(partner_id)


def _back(partner_id: UUID) -> ResponseReturnValue:
    here = url_for("staff.partners_programs.show", partner_id=partner_id, done="1")
    return redirect(here, 303)
