"""Invitations: by a link in a mail somebody becomes a member, or begins anew with new proofs.

The link is a signed token made when the mail is; the row says what it gives, until when, and
whether it has been used. There is no other way to a new password.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from signing.audit import Verb, log
from signing.core import clock
from signing.core.db import db, insert
from signing.core.ids import HOUSE, new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.mail import outbox
from signing.mail.kinds import Kind, Recipient
from signing.staff_accounts import actions, profile, queries
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.models import Invitation, Member, State
from signing.staff_accounts.profile import Profile
from signing.staff_accounts.roles import Act, Held, Role

VALID = timedelta(days=7)


class InvitationGone(Refusal):
    status = 410
    message = _l("This invitation has been used or is too old. Ask for a new one.")


class NoMember(Refusal):
    status = 409
    message = _l("This account has ended. Invite the address again.")


def invite(address: str, held: Held, locale: str, *, by: Doer) -> Member:
    """The address is mailed an invitation to this role; a member has the role at once instead."""
    by.demand(Act.MANAGE_MEMBERS, held.letter_id)
    actions.check(held)
    member = _find_or_add(address, locale)
    if member.state == State.ACTIVE:
        actions.give_role(member.id, held, by=by)
        return member
    if member.state == State.ENDED:
        vault.store.note_remembered(HOUSE, member.id, Forgotten.MEMBER_ENDED)
        member.state, member.locale = State.INVITED, locale
    _send(member, by, held)
    return member


def renew(member_id: UUID, *, by: Doer) -> None:
    """The member is mailed a link to begin anew: new password, new second factors, same roles.

    Until the link is used, everything stays as it is.
    """
    by.demand(Act.MANAGE_MEMBERS)
    member = queries.get(member_id, to_change=True)
    if member.state == State.ENDED:
        raise NoMember
    _send(member, by)


def _find_or_add(address: str, locale: str) -> Member:
    id_ = new_id()
    row = insert(Member).values(
        id=id_,
        address_digest=profile.digest(address),
        sealed=profile.seal(id_, Profile(address)),
        locale=locale,
        state=State.INVITED,
        created_on=clock.now().date(),
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["address_digest"]))
    member = queries.find_by_address(address)
    assert member is not None  # noqa: S101  # it is there by now, whoever put it
    return queries.get(member.id, to_change=True)


def _send(member: Member, by: Doer, held: Held | None = None) -> None:
    at, id_ = clock.now(), new_id()
    db.session.add(
        Invitation(
            id=id_,
            member_id=member.id,
            letter_id=held.letter_id if held else HOUSE,
            role=held.role.value if held else None,
            locales=[*held.locales] if held else [],
            created_at=at,
            expires_at=at + VALID,
        )
    )
    db.session.flush()
    outbox.put(
        Kind.INVITATION, to=outbox.To(HOUSE, id_, Recipient.INVITATION), locale=member.locale
    )
    details = {"role": held.role.value} if held else {"role": "as before"}
    letter_id = held.letter_id if held else HOUSE
    subject = str(member.id)
    log.record(
        Verb.MEMBER_INVITED, by=by.actor, subject=subject, letter_id=letter_id, details=details
    )


def find(invitation_id: UUID) -> tuple[Invitation, Member] | None:
    """An invitation that can still be used, and for whom it is."""
    row = db.session.execute(
        select(Invitation, Member)
        .join(Member, Member.id == Invitation.member_id)
        .where(Invitation.id == invitation_id, *_usable())
        .where(Member.state != State.ENDED)
    ).first()
    return (row[0], row[1]) if row else None


def get(invitation_id: UUID) -> tuple[Invitation, Member]:
    """Raises `InvitationGone`."""
    found = find(invitation_id)
    if found is None:
        raise InvitationGone
    return found


def _usable() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (Invitation.used_at.is_(None), Invitation.expires_at > clock.now())


def accept(invitation_id: UUID, *, name: str, hashed: str) -> Member:
    """The member is called so, signs in with this password, and has all roles offered so far.

    All invitations of the member are used up; what proved the member before is forgotten.
    """
    _invitation, invited = get(invitation_id)
    member = queries.get(invited.id, to_change=True)
    used = (
        update(Invitation)
        .where(Invitation.member_id == member.id, *_usable())
        .values(used_at=clock.now())
        .returning(Invitation.id, Invitation.role, Invitation.letter_id, Invitation.locales)
    )
    offers = db.session.execute(used).all()
    if invitation_id not in {offer.id for offer in offers}:
        raise InvitationGone  # somebody else was quicker
    actions.forget_proofs(member)
    member.sealed = profile.seal(member.id, Profile(profile.of(member).email, name))
    member.password_hash, member.state = hashed, State.ACTIVE
    by = actions.actor(member.id)
    log.record(Verb.MEMBER_ACCEPTED, by=by, subject=str(member.id))
    for offer in offers:
        if offer.role:
            held = Held(Role(offer.role), offer.letter_id, tuple(offer.locales))
            actions.put_role(member.id, held, by=by)
    return member
