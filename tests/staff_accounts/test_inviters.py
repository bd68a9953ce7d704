"""An invitation is as good as whoever sent it still is; and it can be taken back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.core.db import db, transaction
from signing.core.ids import HOUSE
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.staff_accounts import actions, invitations, queries
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.invitations import InvitationGone
from signing.staff_accounts.models import Invitation, Member, State
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.conftest import Inbox

OPERATOR = Doer.operator()


def invite(by: Member | None, held: Held, email: str = "new@example.org") -> SignatureRef:
    doer = Doer(actions.actor(by.id), queries.list_held(by.id)) if by else OPERATOR
    with transaction():
        who = invitations.invite(email, held, "en", by=doer)
    newest = select(Invitation.id).where(Invitation.member_id == who.id)
    found = db.session.scalars(newest.order_by(Invitation.id.desc())).first()
    assert found is not None
    return SignatureRef(HOUSE, found)


def accept(ref: SignatureRef) -> Member:
    with transaction():
        return invitations.accept(ref.signature_id, name="New", hashed="none")


def test_what_an_ended_owner_promised_is_given_to_nobody(app: Flask) -> None:
    letter = make.letter()
    staff.member("boss@example.org")
    mal = staff.member("mal@example.org", [Held(Role.OWNER, letter.id)])
    ref = invite(mal, Held(Role.OWNER, letter.id))
    assert invitations.find(ref.signature_id) is not None
    staff.ended(mal)
    staff.look_anew()
    assert invitations.find(ref.signature_id) is None
    with pytest.raises(InvitationGone):
        accept(ref)
    link = f"/staff/invitation/{tokens.make(Purpose.INVITATION, ref)}"
    for answer in (
        app.test_client().get(link),
        app.test_client().post(link, data={"name": "New", "password": staff.PASSWORD}),
    ):
        assert answer.status_code == 410
    who = queries.find_by_address("new@example.org")
    assert who is not None
    assert (who.state, queries.list_held(who.id)) == (State.INVITED, ())


def test_what_a_member_promised_without_the_right_now_is_left_out_of_what_others_promised(
    app: Flask,
) -> None:
    letter, other = make.letter(), make.letter(slug="night-trains")
    staff.member("boss@example.org")
    mal = staff.member("mal@example.org", [Held(Role.OWNER, letter.id)])
    invite(mal, Held(Role.OWNER, letter.id))
    good = invite(None, Held(Role.VIEWER, other.id))
    with transaction():
        actions.take_role(mal.id, Held(Role.OWNER, letter.id), by=OPERATOR)
    assert queries.list_held(accept(good).id) == (Held(Role.VIEWER, other.id),)


def test_a_new_beginning_that_an_ended_owner_sent_is_void(app: Flask) -> None:
    staff.member("boss@example.org")
    mal, ben = staff.member("mal@example.org"), staff.member("ben@example.org")
    with transaction():
        invitations.renew(ben.id, by=Doer(actions.actor(mal.id), (staff.OWNER,)))
    ref = db.session.scalars(select(Invitation.id).where(Invitation.role.is_(None))).one()
    staff.ended(mal)
    with pytest.raises(InvitationGone):
        accept(SignatureRef(HOUSE, ref))


def test_the_mail_of_an_invitation_that_is_void_does_not_leave(app: Flask, inbox: Inbox) -> None:
    letter = make.letter()
    staff.member("boss@example.org")
    mal = staff.member("mal@example.org", [Held(Role.OWNER, letter.id)])
    invite(mal, Held(Role.VIEWER, letter.id))
    staff.ended(mal)
    assert not [one for one in inbox.mails if "new@" in one["To"]]


def test_invitations_that_wait_are_listed_with_what_they_promise_and_can_be_withdrawn(
    app: Flask,
) -> None:
    letter, other = make.letter(), make.letter(slug="night-trains")
    boss = staff.member("boss@example.org", name="Bo Boss")
    ref = invite(boss, Held(Role.MODERATOR, letter.id))
    elsewhere = invite(None, Held(Role.EDITOR, other.id), "els@example.org")
    browser = staff.browser(app, boss)
    page = staff.words(browser.get("/staff/members"))
    assert "new@example.org Moderator" in page
    assert page.count("new@example.org") == 1
    assert "Invited by Bo Boss" in page
    assert "Invited from the command line" in page

    lo = staff.member("lo@example.org", [Held(Role.OWNER, letter.id)])
    theirs = staff.browser(app, lo)
    assert "els@example.org" not in theirs.get("/staff/members").text
    assert "new@example.org" in theirs.get("/staff/members").text
    withdraw = "/staff/members/invitations/{}/withdraw".format
    assert theirs.post(withdraw(elsewhere.signature_id)).status_code == 403
    for _twice in range(2):
        assert theirs.post(withdraw(ref.signature_id)).status_code == 303
    assert "Invited by Bo Boss" not in staff.words(browser.get("/staff/members"))
    with pytest.raises(InvitationGone):
        accept(ref)
    verb = select(AuditEvent).where(AuditEvent.verb == Verb.INVITATION_WITHDRAWN)
    event = db.session.scalars(verb).one()
    assert (event.actor_id, event.letter_id) == (str(lo.id), letter.id)
    assert event.details == {"role": "moderator"}
    assert accept(elsewhere).state == State.ACTIVE


def test_an_invitation_that_somebody_has_accepted_is_not_withdrawn(app: Flask) -> None:
    """Whoever withdraws has to know that somebody is in: "Done." would be a lie."""
    boss = staff.member("boss@example.org")
    ref = invite(boss, Held(Role.MODERATOR, make.letter().id))
    assert accept(ref).state == State.ACTIVE
    refused = staff.browser(app, boss).post(
        f"/staff/members/invitations/{ref.signature_id}/withdraw"
    )
    assert refused.status_code == 410
    assert "has been used" in staff.words(refused)
    withdrawn = select(AuditEvent).where(AuditEvent.verb == Verb.INVITATION_WITHDRAWN)
    assert db.session.scalars(withdrawn).all() == []
