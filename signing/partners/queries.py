"""Questions about partners."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.core.db import db
from signing.core.refusals import NotFound, Refusal
from signing.core.tokens import SignatureRef
from signing.partners.models import Agreement, Kind, Logo, Partner, State

# Who is active is looked up so often: another process that suspends one is believed after this.
KEPT_SECONDS = 5.0


class LinkVoid(Refusal):
    """Replaced by a newer one, or its partner has gone."""

    status = 410
    message = _l("This link is too old.")


def get(letter_id: UUID, partner_id: UUID, *, to_change: bool = False) -> Partner:
    """`to_change` has others who would change it wait until this transaction ends."""
    wanted = select(Partner).where(Partner.letter_id == letter_id, Partner.id == partner_id)
    options = {"populate_existing": True}
    statement = wanted.with_for_update() if to_change else wanted
    found = db.session.scalars(statement.execution_options(**options)).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_linked(ref: SignatureRef, *, to_change: bool = False) -> Partner:
    """The partner that a link in a mail speaks of (its id stands as `signature_id`).

    Raises `LinkVoid`.
    """
    try:
        found = get(ref.letter_id, ref.signature_id, to_change=to_change)
    except NotFound:
        raise LinkVoid from None
    if found.link_version != ref.link_version or not found.is_partner:
        raise LinkVoid
    return found


def list_all(letter_id: UUID) -> Sequence[Partner]:
    """By name, the active ones first."""
    rows = db.session.scalars(select(Partner).where(Partner.letter_id == letter_id)).all()
    return sorted(rows, key=lambda one: (not one.is_active, one.name.casefold()))


def list_by_code(letter_id: UUID, *, after: str, limit: int) -> Sequence[Partner]:
    """Partners and sources whatever their state, by code, from behind `after` on."""
    wanted = select(Partner).where(Partner.letter_id == letter_id, Partner.code > after)
    return db.session.scalars(wanted.order_by(Partner.code).limit(limit)).all()


def list_public(letter_id: UUID) -> Sequence[Partner]:
    """Partners that the letter's privacy notice names: the active ones, by name."""
    active = select(Partner).where(
        Partner.letter_id == letter_id,
        Partner.kind == Kind.PARTNER,
        Partner.state == State.ACTIVE,
    )
    return db.session.scalars(active.order_by(Partner.name)).all()


def list_names(letter_id: UUID) -> dict[UUID, str]:
    """What partners and sources are called, whatever their state."""
    rows = db.session.execute(
        select(Partner.id, Partner.name).where(Partner.letter_id == letter_id)
    )
    return dict(rows.all())


def list_codes(letter_id: UUID) -> dict[UUID, str]:
    """By which codes signatures came, whatever the state: for exports."""
    rows = db.session.execute(
        select(Partner.id, Partner.code).where(Partner.letter_id == letter_id)
    )
    return dict(rows.all())


def find_framing(letter_id: UUID, code: str) -> Partner | None:
    """The partner with this code, whatever its state, if it has websites that may frame a form."""
    found = db.session.scalar(
        select(Partner).where(
            Partner.letter_id == letter_id, Partner.code == code, Partner.kind == Kind.PARTNER
        )
    )
    return found if found and found.origins else None


class _Credited:
    """Ids of the active by code, kept for a moment: a form with a code costs no statement."""

    def __init__(self) -> None:
        self._kept: dict[UUID, tuple[float, Mapping[str, UUID]]] = {}

    def list_all(self, letter_id: UUID) -> Mapping[str, UUID]:
        now = time.monotonic()
        until, codes = self._kept.get(letter_id, (0.0, {}))
        if until < now:
            active = select(Partner.code, Partner.id).where(
                Partner.letter_id == letter_id, Partner.state == State.ACTIVE
            )
            codes = dict(db.session.execute(active).all())
            self._kept[letter_id] = (now + KEPT_SECONDS, codes)
        return codes

    def forget(self, letter_id: UUID) -> None:
        self._kept.pop(letter_id, None)


_credited = _Credited()
forget_codes = _credited.forget


def find_credited(letter_id: UUID, code: str) -> UUID | None:
    """Whom a form with this code credits; nobody, where the code is unknown or suspended."""
    return _credited.list_all(letter_id).get(code) if code else None


def list_agreements(letter_id: UUID, partner_id: UUID) -> Sequence[Agreement]:
    """What the partner has accepted, the newest version first."""
    mine = select(Agreement).where(
        Agreement.letter_id == letter_id, Agreement.partner_id == partner_id
    )
    return db.session.scalars(mine.order_by(Agreement.version.desc())).all()


def find_logo(letter_id: UUID, partner_id: UUID) -> Logo | None:
    return db.session.get(Logo, (letter_id, partner_id), populate_existing=True)


def has_logo(letter_id: UUID, partner_id: UUID) -> bool:
    mine = select(Logo.width).where(Logo.letter_id == letter_id, Logo.partner_id == partner_id)
    return db.session.scalar(mine) is not None
