"""Who works here, and with which roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.staff_accounts import actions, invitations, queries
from signing.staff_accounts.invitations import Pending
from signing.staff_accounts.models import State
from signing.staff_accounts.queries import Known
from signing.staff_accounts.roles import Act, Held, Reach, Role
from signing.web.speech import spoken
from signing.web.staff import gate, tables, words
from signing.web.staff.forms import InviteForm, RoleForm

bp = Blueprint("members", __name__, url_prefix="/members")
SORTS = ("name", "state", "factor", "-seen")
STATES = list(State)
KEYS: dict[str, Callable[[Known], Any]] = {
    "name": lambda one: tables.by_words(one.profile.shown),
    "state": lambda one: STATES.index(State(one.member.state)),
    "factor": lambda one: one.has_second_factor,  # whoever has none comes first
    "seen": lambda one: one.member.seen_on or date.min,
}


@bp.get("")
@gate.asks(Act.MANAGE_MEMBERS)
def show_all() -> ResponseReturnValue:
    """Names are sealed, so that the database cannot sort by them: all are opened.

    An invitation stands with its member; one whose member is out of reach, in a list of its own.
    """
    chosen = {name: request.args.get(name, "") for name in ("role", "state")}
    known = queries.list_known(_reach())
    offers = _offers(known)
    found = [one for one in known if _fits(one, chosen)]
    page = tables.read(*SORTS).of_all(found, KEYS, lambda one: one.member.id.hex, **chosen)
    return render_template(
        "staff/members.html",
        members=page.rows,
        page=page,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        letter_names=words.letter_names(spoken().tag),
        roles=words.ROLES,
        states=words.STATES,
        offers=offers,
        pending=offers.pop(None, []),
        done=request.args.get("done", ""),
    )


@bp.post("/invitations/<uuid:invitation_id>/withdraw")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    with transaction():
        invitations.withdraw(invitation_id, by=gate.signed().doer)
    return redirect(url_for("staff.members.show_all", done="1"), 303)


def _offers(known: list[Known]) -> dict[UUID | None, list[Pending]]:
    """Invitations that wait, by member; under None those of members who are not among these."""
    ids = {one.member.id for one in known}
    found: dict[UUID | None, list[Pending]] = defaultdict(list)
    for one in invitations.list_pending(_reach()):
        id_ = one.invitation.member_id
        found[id_ if id_ in ids else None].append(one)
    return found


def _fits(known: Known, chosen: dict[str, str]) -> bool:
    is_of_role = not chosen["role"] or any(one.role == chosen["role"] for one in known.held)
    return is_of_role and (not chosen["state"] or known.member.state == chosen["state"])


def _reach() -> Reach:
    return gate.signed().reach(Act.MANAGE_MEMBERS)


@bp.get("/invite")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def show_invite() -> ResponseReturnValue:
    form = InviteForm(formdata=None, data={"role": Role.VIEWER, "locale": spoken().tag})
    return _invite_page(_offered(form))


def _offered(form: InviteForm) -> InviteForm:
    return form.offer(_reach(), words.titles(_reach(), spoken().tag))


def _invite_page(form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return make_response(render_template("staff/invite.html", form=form), status)


@bp.post("/invite")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def invite() -> ResponseReturnValue:
    form = _offered(InviteForm(formdata=request.form))
    if not form.validate():
        return _invite_page(form, 422)
    with transaction():
        invitations.invite(
            form.email.data or "", form.held, form.locale.data, by=gate.signed().doer
        )
    return redirect(url_for("staff.members.show_all", done="1"), 303)


@bp.get("/<uuid:member_id>")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def show(member_id: UUID) -> ResponseReturnValue:
    form = RoleForm(formdata=None, data={"role": Role.VIEWER})
    return _page(_within_reach(member_id), form)


def _within_reach(member_id: UUID) -> Known:
    """Owners of a letter know those who work on it; owners of all letters everybody."""
    known, where = queries.get_known(member_id), _reach()
    if not where.is_all and not any(one.letter_id in where for one in known.held):
        raise NotFound
    return known


def _page(known: Known, form: RoleForm, status: int = 200) -> ResponseReturnValue:
    where = _reach()
    page = render_template(
        "staff/member.html",
        known=known,
        form=form.offer(where, words.titles(where, spoken().tag)),
        where=where,
        letter_names=words.letter_names(spoken().tag),
        roles=words.ROLES,
        state=words.STATES[State(known.member.state)],
        done=request.args.get("done", ""),
    )
    return make_response(page, status)


@bp.post("/<uuid:member_id>/roles")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def give_role(member_id: UUID) -> ResponseReturnValue:
    known, where = _within_reach(member_id), _reach()
    form = RoleForm(formdata=request.form).offer(where, words.titles(where, spoken().tag))
    if not form.validate():
        return _page(known, form, 422)
    with transaction():
        actions.give_role(member_id, form.held, by=gate.signed().doer)
    return _done(member_id)


@bp.post("/<uuid:member_id>/roles/take")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def take_role(member_id: UUID) -> ResponseReturnValue:
    wanted = (request.form.get("role"), request.form.get("letter"))
    held = _find_held(_within_reach(member_id).held, wanted)
    with transaction():
        actions.take_role(member_id, held, by=gate.signed().doer)
    return _done(member_id)


def _find_held(held: tuple[Held, ...], wanted: tuple[str | None, str | None]) -> Held:
    found = next((one for one in held if (one.role, one.letter_id.hex) == wanted), None)
    if found is None:
        raise NotFound
    return found


@bp.post("/<uuid:member_id>/renew")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def renew(member_id: UUID) -> ResponseReturnValue:
    """Mail the member a link to begin anew."""
    with transaction():
        invitations.renew(member_id, by=gate.signed().doer)
    return _done(member_id)


@bp.post("/<uuid:member_id>/end")
@gate.asks(Act.MANAGE_MEMBERS, fresh=True)
def end(member_id: UUID) -> ResponseReturnValue:
    with transaction():
        actions.end(member_id, by=gate.signed().doer)
    return redirect(url_for("staff.members.show_all", done="1"), 303)


def _done(member_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.members.show", member_id=member_id, done="1"), 303)
