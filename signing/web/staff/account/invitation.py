"""Accepting an invitation: a name, a password, and from there to the second factor."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.tokens import Purpose, tokens
from signing.staff_accounts import invitations, passwords, profile
from signing.staff_accounts.models import Member
from signing.staff_accounts.profile import Profile
from signing.web.staff import gate
from signing.web.staff.account import entering
from signing.web.staff.forms import AcceptForm

bp = Blueprint("invitation", __name__, url_prefix="/invitation/<token>")


@bp.get("")
@gate.is_open
def show(token: str) -> ResponseReturnValue:
    """Ask for name and password; change nothing: mail scanners follow links."""
    _id, member = _invited(token)
    person = _speak_to(member)
    return _page(AcceptForm(formdata=None, data={"name": person.name}), person, token)


def _invited(token: str) -> tuple[UUID, Member]:
    id_ = tokens.read(Purpose.INVITATION, token).signature_id
    return id_, invitations.get(id_)[1]


def _speak_to(member: Member) -> Profile:
    gate.speak(member.locale)
    return profile.of(member)


def _page(form: AcceptForm, person: Profile, token: str, status: int = 200) -> ResponseReturnValue:
    form.forget()
    page = render_template("staff/account/invitation.html", form=form, person=person, token=token)
    return make_response(page, status)


@bp.post("")
@gate.is_open
def accept(token: str) -> ResponseReturnValue:
    id_, invited = _invited(token)
    person = _speak_to(invited)
    known = (*entering.known_words(), person.email)
    form = AcceptForm(formdata=request.form, known=known)
    if not form.validate():
        return _page(form, person, token, 422)
    hashed = passwords.hash_(form.password.data or "")
    with transaction():
        member = invitations.accept(id_, name=form.name.data or "", hashed=hashed)
        return entering.enter(member, url_for("staff.home.show"))
