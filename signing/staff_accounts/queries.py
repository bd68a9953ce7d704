"""Questions about members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from signing.core.db import db
from signing.core.ids import HOUSE
from signing.core.refusals import NotFound
from signing.staff_accounts import profile
from signing.staff_accounts.models import HeldRole, Member, Passkey, RecoveryCode, State
from signing.staff_accounts.profile import Profile
from signing.staff_accounts.roles import Held, Reach, Role


@dataclass(frozen=True, slots=True)
class Known:
    """A member with what else is known of them."""

    member: Member
    profile: Profile
    held: tuple[Held, ...]
    has_second_factor: bool


def get(member_id: UUID, *, to_change: bool = False) -> Member:
    """`to_change` has others wait until this transaction is over."""
    wanted = select(Member).where(Member.id == member_id)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    member = db.session.scalar(wanted)
    if member is None:
        raise NotFound
    return member


def find_by_address(address: str) -> Member | None:
    wanted = select(Member).where(Member.address_digest == profile.digest(address))
    return db.session.scalar(wanted)


def list_held(member_id: UUID, *, to_stay: bool = False) -> tuple[Held, ...]:
    """Owners' roles first, the ones for all letters before those for one.

    `to_stay`: nobody takes one of them away before this transaction is over.
    """
    wanted = select(HeldRole).where(HeldRole.member_id == member_id)
    rows = db.session.scalars(wanted.with_for_update() if to_stay else wanted)
    return _sorted([row.held for row in rows])


def _sorted(held: Sequence[Held]) -> tuple[Held, ...]:
    order = list(Role)
    return tuple(sorted(held, key=lambda one: (order.index(one.role), one.letter_id)))


def get_known(member_id: UUID) -> Known:
    member = get(member_id)
    return Known(member, profile.of(member), list_held(member_id), has_second_factor(member))


def list_known(where: Reach | None = None) -> list[Known]:
    """Members by name; only those with a role within reach, if one is given."""
    held: dict[UUID, list[Held]] = defaultdict(list)
    for row in db.session.scalars(select(HeldRole)):
        held[row.member_id].append(row.held)
    with_passkey = set(db.session.scalars(select(Passkey.member_id).distinct()))
    known = [
        Known(
            one,
            profile.of(one),
            _sorted(held[one.id]),
            one.totp_step is not None or one.id in with_passkey,
        )
        for one in db.session.scalars(select(Member))
    ]
    if where is not None and not where.is_all:
        known = [one for one in known if any(role.letter_id in where for role in one.held)]
    return sorted(known, key=lambda one: one.profile.shown.casefold())


def list_names() -> dict[UUID, str]:
    """How each member is called, the ended ones too."""
    return profile.names(db.session.scalars(select(Member)).all())


def has_second_factor(member: Member) -> bool:
    if member.totp_step is not None:
        return True
    return bool(list_passkeys(member.id))


def list_passkeys(member_id: UUID) -> Sequence[Passkey]:
    """The oldest first."""
    mine = select(Passkey).where(Passkey.member_id == member_id)
    return db.session.scalars(mine.order_by(Passkey.id)).all()


def count_recovery_codes(member_id: UUID) -> int:
    mine = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(mine.where(RecoveryCode.member_id == member_id)) or 0


def lock_house_owners() -> set[UUID]:
    """Active owners of everything; nobody else changes who they are in this transaction."""
    rows = db.session.scalars(
        select(HeldRole.member_id)
        .join(Member, Member.id == HeldRole.member_id)
        .where(HeldRole.role == Role.OWNER, HeldRole.letter_id == HOUSE)
        .where(Member.state == State.ACTIVE)
        .order_by(HeldRole.member_id)
        .with_for_update()
    )
    return set(rows)
