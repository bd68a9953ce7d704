"""Invitations: good once and for a week; what they give, and who may give it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import HOUSE, new_id
from signing.staff_accounts import actions, invitations, profile, queries, sessions
from signing.staff_accounts.actions import Doer, LanguagesMissing, LastOwner, NotAllowed
from signing.staff_accounts.invitations import InvitationGone
from signing.staff_accounts.models import Invitation, State
from signing.staff_accounts.roles import Held, Role
from tests import staff

OPERATOR = Doer.operator()


def invite(email: str = "ben@example.org", held: Held = staff.OWNER, by: Doer = OPERATOR) -> UUID:
    with transaction():
        who = invitations.invite(email, held, "de", by=by)
    newest = select(Invitation.id).where(Invitation.member_id == who.id)
    found = db.session.scalars(newest.order_by(Invitation.id.desc())).first()
    assert found is not None
    return found


def accept(id_: UUID) -> UUID:
    with transaction():
        return invitations.accept(id_, name="Ben", hashed="$argon2id$x").id


def test_an_invitation_makes_a_member_with_its_role_once(app: Flask) -> None:
    id_ = invite()
    member_id = accept(id_)
    known = queries.get_known(member_id)
    assert (known.member.state, known.held, known.profile.name) == (
        State.ACTIVE, (staff.OWNER,), "Ben",
    )  # fmt: skip
    with pytest.raises(InvitationGone):
        accept(id_)


def test_after_a_week_it_is_too_old(app: Flask) -> None:
    id_ = invite()
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(InvitationGone):
            accept(id_)
        assert invitations.find(id_) is None


def test_accepting_one_of_several_gives_all_roles_and_uses_all_up(app: Flask) -> None:
    letter = new_id()
    first, second = invite(), invite(held=Held(Role.TRANSLATOR, letter, ("fr",)))
    member_id = accept(second)
    assert set(queries.list_held(member_id)) == {
        staff.OWNER, Held(Role.TRANSLATOR, letter, ("fr",)),
    }  # fmt: skip
    with pytest.raises(InvitationGone):
        accept(first)


def test_a_member_has_another_role_at_once(app: Flask) -> None:
    member_id = accept(invite())
    with transaction():
        invitations.invite("BEN@example.org", Held(Role.VIEWER), "de", by=OPERATOR)
    assert Held(Role.VIEWER) in queries.list_held(member_id)


def test_a_renewal_keeps_the_roles_and_forgets_every_proof(app: Flask) -> None:
    who = staff.member()
    with transaction():
        cookie = sessions.open_(queries.get(who.id), "")
    with transaction():
        invitations.renew(who.id, by=OPERATOR)
    assert sessions.find(cookie) is not None  # until the link is used, nothing changes
    renewal = db.session.scalars(select(Invitation.id).where(Invitation.role.is_(None))).one()
    accept(renewal)
    assert sessions.find(cookie) is None
    known = queries.get_known(who.id)
    assert known.held == (staff.OWNER,)
    assert not known.has_second_factor
    assert profile.of(known.member).totp == ""


def test_an_owner_of_one_letter_gives_roles_for_that_letter_alone(app: Flask) -> None:
    letter = new_id()
    owner = staff.member("olga@example.org", [Held(Role.OWNER, letter)])
    by = Doer(actions.actor(owner.id), (Held(Role.OWNER, letter),))
    accept(invite(held=Held(Role.EDITOR, letter), by=by))
    for elsewhere in (HOUSE, new_id()):
        with pytest.raises(NotAllowed):
            invite("eve@example.org", Held(Role.EDITOR, elsewhere), by)
    member_id = staff.member("carl@example.org").id
    with pytest.raises(NotAllowed), transaction():
        actions.end(member_id, by=by)
    with pytest.raises(NotAllowed), transaction():
        invitations.renew(member_id, by=by)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_but_owners_gives_roles(app: Flask, role: Role) -> None:
    by = Doer(actions.actor(new_id()), (Held(role),))
    with pytest.raises(NotAllowed):
        invite(held=Held(Role.VIEWER), by=by)


def test_a_translator_has_languages(app: Flask) -> None:
    with pytest.raises(LanguagesMissing):
        invite(held=Held(Role.TRANSLATOR))


def test_somebody_stays_owner_of_all_letters(app: Flask) -> None:
    who = staff.member()
    with pytest.raises(LastOwner), transaction():
        actions.take_role(who.id, staff.OWNER, by=OPERATOR)
    with pytest.raises(LastOwner), transaction():
        actions.end(who.id, by=OPERATOR)
    staff.member("ben@example.org")
    with transaction():
        actions.end(who.id, by=OPERATOR)
    assert queries.get(who.id).state == State.ENDED


def test_an_ended_member_is_signed_out_and_can_be_invited_again(app: Flask) -> None:
    staff.member("owner@example.org")
    who = staff.member("ben@example.org", [Held(Role.VIEWER)])
    with transaction():
        cookie = sessions.open_(queries.get(who.id), "")
    staff.ended(who)
    assert sessions.find(cookie) is None
    assert queries.list_held(who.id) == ()
    assert accept(invite(held=Held(Role.EDITOR))) == who.id
    assert queries.list_held(who.id) == (Held(Role.EDITOR),)
