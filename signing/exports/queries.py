"""Questions about exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select

from signing.core import clock, keyset
from signing.core.db import db
from signing.core.ids import BEFORE_ALL, HOUSE
from signing.core.keyset import Order
from signing.core.refusals import NotFound
from signing.core.vault import Place, vault
from signing.counts import queries as counts
from signing.exports.choice import Choice, Preset, is_shown
from signing.exports.models import Export, ExportChunk, Exported, State
from signing.exports.rows import Reader
from signing.signatures.models import Signature
from signing.signatures.models import State as Signed
from signing.staff_accounts.models import HeldRole, Member
from signing.staff_accounts.models import State as MemberState
from signing.staff_accounts.roles import MAY, Act

_ID: ColumnElement[UUID] = Export.__table__.c.id
# What the list can be sorted by: when it was asked for, which the id tells, and how many rows.
SORTS: Mapping[str, ColumnElement[Any]] = {
    "asked": _ID,
    "rows": case((Export.carried > 0, Export.carried), else_=Export.number),
}
NEWEST = Order("asked", is_descending=True)
IDS = 10_000


def get(letter_id: UUID, export_id: UUID, *, to_change: bool = False) -> Export:
    """`to_change` has others wait until this transaction is over."""
    wanted = select(Export).where(Export.letter_id == letter_id, Export.id == export_id)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    export = db.session.scalar(wanted)
    if export is None:
        raise NotFound
    return export


def list_page(
    letter_id: UUID,
    order: Order = NEWEST,
    *,
    state: State | None = None,
    after: UUID | None = None,
    limit: int,
) -> Sequence[Export]:
    """A letter's exports, from behind `after` on; those in a state, if one is given."""
    mine = select(Export).where(Export.letter_id == letter_id)
    by = SORTS[order.by]
    fits = [] if state is None else [_in_state(state)]
    return keyset.list_page(mine, by, _ID, order, after=after, limit=limit, fits=fits)


def _in_state(state: State) -> ColumnElement[bool]:
    """As people see it: what has lapsed is over, noted or not."""
    over = or_(Export.state == State.OVER, Export.expires_at <= clock.now())
    return over if state is State.OVER else and_(Export.state == state, not_(over))


def count(choice: Choice) -> int:
    """How many rows the export would have now; without filters as cheap as the count."""
    if choice.preset in {Preset.FULL, Preset.DELIVERY} and not choice.used:
        return counts.total(choice.wanted.letter_id).n
    rows = select(func.count()).select_from(Signature).where(*choice.conditions())
    return db.session.scalar(rows) or 0


def list_first(choice: Choice, n: int) -> list[tuple[str, ...]]:
    """The first rows as the export would have them; raises `vault.Unreadable`."""
    found = Reader(choice, HOUSE).read(n)
    return [row for _id, row in found or ()]


def list_seconds(letter_id: UUID, *, but: str) -> set[str]:
    """Members, by id, who may export this letter's signatures, without one of them."""
    return {str(member.id) for member in list_deciding(letter_id, but=but)}


def list_deciding(letter_id: UUID, *, but: str) -> list[Member]:
    """The same members themselves."""
    roles = [role for role, acts in MAY.items() if Act.EXPORT in acts]
    able = (
        select(Member)
        .join(HeldRole, Member.id == HeldRole.member_id)
        .where(HeldRole.role.in_(roles), HeldRole.letter_id.in_([HOUSE, letter_id]))
        .where(Member.state == MemberState.ACTIVE)
    )
    return [member for member in db.session.scalars(able).unique() if str(member.id) != but]


def find_chunk(letter_id: UUID, export_id: UUID, number: int) -> bytes | None:
    """A piece of the file, opened; None behind its end. Raises `vault.Unreadable`."""
    wanted = select(ExportChunk.sealed).where(
        ExportChunk.letter_id == letter_id,
        ExportChunk.export_id == export_id,
        ExportChunk.number == number,
    )
    sealed = db.session.scalar(wanted)
    place = chunk_place(letter_id, export_id, number)
    return vault.open(place, sealed) if sealed is not None else None


def chunk_place(letter_id: UUID, export_id: UUID, number: int) -> Place:
    return Place("export_chunks", letter_id, export_id.bytes + number.to_bytes(4, "big"))


def stream_ids(letter_id: UUID, export_id: UUID) -> Iterator[UUID]:
    """Everybody who was in an export, in the order of their ids."""
    after = BEFORE_ALL
    while True:
        wanted = select(Exported.signature_id).where(
            Exported.letter_id == letter_id,
            Exported.export_id == export_id,
            Exported.signature_id > after,
        )
        ids = db.session.scalars(wanted.order_by(Exported.signature_id).limit(IDS)).all()
        if not ids:
            return
        yield from ids
        after = ids[-1]


def count_shown(letter_id: UUID, export_id: UUID) -> int:
    """How many of an export show their name by now."""
    return db.session.scalar(_shown(letter_id, export_id, func.count())) or 0


def stream_shown(letter_id: UUID, export_id: UUID) -> Iterator[str]:
    """Their names, as they show them, in the order in which they signed."""
    after = BEFORE_ALL
    columns = (Signature.id, Signature.public_name)
    while True:
        wanted = _shown(letter_id, export_id, *columns).where(Exported.signature_id > after)
        found = db.session.execute(wanted.order_by(Exported.signature_id).limit(IDS)).all()
        if not found:
            return
        yield from (name for _id, name in found)
        after = found[-1].id


def _shown(letter_id: UUID, export_id: UUID, *columns: Any) -> Select[Any]:
    """Confirmed still, and the name stands on the public page."""
    here = (Signature.letter_id == Exported.letter_id) & (Signature.id == Exported.signature_id)
    return (
        select(*columns)
        .select_from(Exported)
        .join(Signature, here)
        .where(Exported.letter_id == letter_id, Exported.export_id == export_id)
        .where(Signature.state == Signed.CONFIRMED.value, is_shown())
    )


def list_with(letter_id: UUID, signature_id: UUID) -> list[tuple[datetime, tuple[str, ...]]]:
    """When this signature left in an export, and with which columns, the oldest first."""
    carried = exists().where(
        Exported.letter_id == letter_id,
        Exported.export_id == Export.id,
        Exported.signature_id == signature_id,
    )
    left = select(Export).where(Export.letter_id == letter_id, Export.left_at.is_not(None), carried)
    exports = db.session.scalars(left.order_by(Export.id))
    return [(one.left_at, tuple(one.choice["columns"])) for one in exports if one.left_at]
