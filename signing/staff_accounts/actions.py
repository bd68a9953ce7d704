"""What can be done to members and their roles, each written down. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from signing.audit import Actor, ActorKind, Verb, log
from signing.core.db import count_rows, db, insert
from signing.core.ids import HOUSE
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.staff_accounts import profile, queries
from signing.staff_accounts.models import (
    HeldRole,
    Invitation,
    Member,
    Passkey,
    RecoveryCode,
    StaffSession,
    State,
)
from signing.staff_accounts.roles import Act, Held, Role, may


class NotAllowed(Refusal):
    status = 403
    message = _l("Your role does not allow this.")


class LastOwner(Refusal):
    status = 409
    message = _l("Somebody has to be owner of all letters. Make somebody else an owner first.")


class LanguagesMissing(Refusal):
    status = 422
    message = _l("Choose the languages that the translator may write.")


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it, and with which roles."""

    actor: Actor
    held: Collection[Held]

    @classmethod
    def operator(cls) -> Doer:
        """Whoever has the command line may do everything."""
        return cls(Actor(ActorKind.OPERATOR), (Held(Role.OWNER),))

    def demand(self, act: Act, letter_id: UUID = HOUSE) -> None:
        """Raises `NotAllowed` where no role of theirs allows it."""
        if not may(self.held, act, letter_id):
            raise NotAllowed


def actor(member_id: UUID) -> Actor:
    return Actor(ActorKind.MEMBER, str(member_id))


def give_role(member_id: UUID, held: Held, *, by: Doer) -> None:
    """The member has the role afterwards; a translator's languages are replaced."""
    by.demand(Act.MANAGE_MEMBERS, held.letter_id)
    check(held)
    put_role(member_id, held, by=by.actor)


def check(held: Held) -> None:
    """A translator has languages."""
    if held.role is Role.TRANSLATOR and not held.locales:
        raise LanguagesMissing


def put_role(member_id: UUID, held: Held, *, by: Actor) -> None:
    """As `give_role`, where somebody has allowed it before: an invitation is accepted."""
    values = {"role": held.role.value, "letter_id": held.letter_id, "locales": [*held.locales]}
    row = insert(HeldRole).values(member_id=member_id, **values)
    again = {"locales": row.excluded.locales}
    key = ["member_id", "letter_id", "role"]
    db.session.execute(row.on_conflict_do_update(index_elements=key, set_=again))
    _record(Verb.ROLE_GIVEN, member_id, by, held)


def take_role(member_id: UUID, held: Held, *, by: Doer) -> None:
    """The member does not have the role afterwards; twice is once."""
    by.demand(Act.MANAGE_MEMBERS, held.letter_id)
    if held.role is Role.OWNER and held.letter_id == HOUSE:
        _keep_an_owner(member_id)
    gone = delete(HeldRole).where(
        HeldRole.member_id == member_id,
        HeldRole.letter_id == held.letter_id,
        HeldRole.role == held.role,
    )
    if count_rows(db.session.execute(gone)):
        _record(Verb.ROLE_TAKEN, member_id, by.actor, held)


def end(member_id: UUID, *, by: Doer) -> None:
    """The member signs in no more, from this moment on; the name stays for the audit log."""
    by.demand(Act.MANAGE_MEMBERS)
    _keep_an_owner(member_id)
    vault.store.note_forgotten(HOUSE, member_id, Forgotten.MEMBER_ENDED)
    let_go(queries.get(member_id, to_change=True))
    _record(Verb.MEMBER_ENDED, member_id, by.actor)


def let_go(member: Member) -> None:
    """What `end` does, without noting it."""
    forget_proofs(member)
    for table in (HeldRole, Invitation):
        db.session.execute(delete(table).where(table.member_id == member.id))
    member.state = State.ENDED


def _keep_an_owner(member_id: UUID) -> None:
    if queries.lock_house_owners() == {member_id}:
        raise LastOwner


def forget_proofs(member: Member) -> None:
    """No password, app, passkey, recovery code or session of theirs is any good afterwards."""
    member.password_hash = member.totp_step = None
    person = profile.of(member)
    member.sealed = profile.seal(member.id, profile.Profile(person.email, person.name))
    for table in (Passkey, RecoveryCode, StaffSession):
        db.session.execute(delete(table).where(table.member_id == member.id))


def set_password(member_id: UUID, hashed: str) -> None:
    """The member signs in with this from now on (`passwords.hash_`, before the transaction)."""
    queries.get(member_id, to_change=True).password_hash = hashed
    _record(Verb.PASSWORD_SET, member_id, actor(member_id))


def set_locale(member_id: UUID, locale: str) -> None:
    queries.get(member_id, to_change=True).locale = locale


def note_failures(member_id: UUID) -> None:
    """Somebody tried to sign in as this member too often."""
    _record(Verb.SIGN_IN_FAILED_OFTEN, member_id, Actor(ActorKind.VISITOR))


def _record(verb: Verb, member_id: UUID, by: Actor, held: Held | None = None) -> None:
    details: dict[str, object] = {}
    if held:
        details = {"role": held.role.value}
        if held.locales:
            details["locales"] = [*held.locales]
    letter_id = held.letter_id if held else HOUSE
    log.record(verb, by=by, subject=str(member_id), letter_id=letter_id, details=details)
