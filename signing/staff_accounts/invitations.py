"""Invitations: by a link in a mail somebody becomes a member, or begins anew with new proofs.

The link is a signed token made when the mail is; the row says what it gives, until when, and
whether it has been used. There is no other way to a new password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from signing.audit import ActorKind, Verb, log
from signing.core import clock
from signing.core.db import count_rows, db, insert
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
from signing.staff_accounts.roles import Act, Held, Reach, Role, may

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
            inviter_id=UUID(by.actor.id) if by.actor.kind is ActorKind.MEMBER else None,
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
    """An invitation that can still be used, and for whom it is: not where whoever made it could
    not make it any more.
    """
    row = db.session.execute(
        select(Invitation, Member)
        .join(Member, Member.id == Invitation.member_id)
        .where(Invitation.id == invitation_id, *_usable())
        .where(Member.state != State.ENDED)
    ).first()
    return (row[0], row[1]) if row and _is_backed(row[0].inviter_id, row[0].letter_id) else None


def _is_backed(inviter_id: UUID | None, letter_id: UUID, *, to_stay: bool = False) -> bool:
    """Whether whoever made the offer may still make it; `to_stay`: until the transaction ends."""
    if inviter_id is None:
        return True
    held = queries.list_held(inviter_id, to_stay=to_stay)
    return may(held, Act.MANAGE_MEMBERS, letter_id)


def get(invitation_id: UUID) -> tuple[Invitation, Member]:
    """Raises `InvitationGone`."""
    found = find(invitation_id)
    if found is None:
        raise InvitationGone
    return found


def _usable() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (Invitation.used_at.is_(None), Invitation.expires_at > clock.now())


def accept(invitation_id: UUID, *, name: str, hashed: str) -> Member:
    """The member is called so, signs in with this password, and has all roles offered so far by
    those who may still give them.

    All invitations of the member are used up; what proved the member before is forgotten.
    """
    queries.lock_house_owners()  # as when somebody is ended: the one or the other comes first
    _invitation, invited = get(invitation_id)
    member = queries.get(invited.id, to_change=True)
    used = (
        update(Invitation)
        .where(Invitation.member_id == member.id, *_usable())
        .values(used_at=clock.now())
        .returning(
            Invitation.id,
            Invitation.role,
            Invitation.letter_id,
            Invitation.locales,
            Invitation.inviter_id,
        )
    )
    made = db.session.execute(used).all()
    offers = [one for one in made if _is_backed(one.inviter_id, one.letter_id, to_stay=True)]
    if invitation_id not in {offer.id for offer in offers}:
        raise InvitationGone  # somebody else was quicker, or it was taken back
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


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation that waits for somebody."""

    invitation: Invitation
    address: str
    inviter: str  # how the member is called; "": the operator

    @property
    def held(self) -> Held | None:
        """What it promises; None: to begin anew with the roles that are there."""
        one = self.invitation
        return Held(Role(one.role), one.letter_id, tuple(one.locales)) if one.role else None


def list_pending(where: Reach) -> list[Pending]:
    """What can still be accepted within reach, the newest first."""
    rows = db.session.execute(
        select(Invitation, Member)
        .join(Member, Member.id == Invitation.member_id)
        .where(*_usable(), Member.state != State.ENDED)
        .order_by(Invitation.id.desc())
    )
    near = [(one, who) for one, who in rows if one.letter_id in where]
    backed = [(one, who) for one, who in near if _is_backed(one.inviter_id, one.letter_id)]
    names = queries.list_names() if backed else {}
    return [
        Pending(one, profile.of(who).email, names.get(one.inviter_id, "") if one.inviter_id else "")
        for one, who in backed
    ]


def withdraw(invitation_id: UUID, *, by: Doer) -> None:
    """Its link opens nothing afterwards; twice is once. Raises `NotAllowed`, and `InvitationGone`
    where it was accepted before.
    """
    offer = db.session.get(Invitation, invitation_id)
    if offer is None:
        raise InvitationGone
    by.demand(Act.MANAGE_MEMBERS, offer.letter_id)
    over = update(Invitation).where(Invitation.id == invitation_id, *_usable())
    if count_rows(db.session.execute(over.values(expires_at=clock.now()))):
        log.record(
            Verb.INVITATION_WITHDRAWN,
            by=by.actor,
            subject=str(offer.member_id),
            letter_id=offer.letter_id,
            details={"role": offer.role or "as before"},
        )
        return
    db.session.refresh(offer)
    if offer.used_at is not None:  # whoever withdraws has to know that somebody is in
        raise InvitationGone
