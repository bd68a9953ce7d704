"""Which signatures are meant: by the table's filters, a deed to many, an export."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal_column, or_, true

from signing.core import days
from signing.core.db import dialect
from signing.core.ids import first_of
from signing.signatures.models import Entry, Signature, State
from signing.signatures.screening import Reason

S = TypeVar("S", bound=Select[Any])
LAST_LETTER = "\U0010ffff"  # after whatever a name may go on with
NO_FILTERS = ("letter_id", "zone")  # they say where, and by whose clocks


@dataclass(frozen=True, slots=True)
class Wanted:
    """Signatures of one letter that fit all of this; what is empty filters nothing.

    An exact address is its digest (`vault.digest(letter_id, normalised(address))`); `name` is how
    the shown name begins; days are those on which the form was first sent, by the clocks of `zone`.
    """

    letter_id: UUID
    address_digest: bytes | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    country: str = ""
    locale: str = ""
    partner_id: UUID | None = None
    state: State | None = None
    entry: Entry | None = None
    reason: Reason | None = None
    is_flagged: bool = False  # it has reasons that nobody has looked at yet
    first_day: date | None = None
    last_day: date | None = None
    zone: str = "UTC"

    @property
    def used(self) -> tuple[str, ...]:
        """The names of the filters in use, for the audit log: never their values."""
        named = (one.name for one in fields(self) if one.name not in NO_FILTERS)
        return tuple(name for name in named if getattr(self, name) not in (None, "", False))

    def apply(self, select: S) -> S:
        """The same select of signatures, of these alone."""
        return select.where(*self.conditions().values())

    def conditions(self) -> dict[str, ColumnElement[bool]]:
        """By the filter that each stands for; the letter and its days come first."""
        found = {"letter_id": Signature.letter_id == self.letter_id}
        if self.first_day or self.last_day:
            found["days"] = self._in_days()
        found |= {name: self._equal(name) for name in EQUAL if name in self.used}
        if self.state is not None:
            found["state"] = in_state(self.state)
        if self.name:
            found["name"] = begins_with(self.name)
        if self.reason is not None:
            found["reason"] = cast(Signature.reasons, String).contains(f'"{self.reason.value}"')
        if self.is_flagged:
            found["is_flagged"] = IS_FLAGGED
        return found

    def _equal(self, name: str) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = getattr(Signature, name) == getattr(self, name)
        return condition

    def _in_days(self) -> ColumnElement[bool]:
        """By the id, which tells when it was made: the primary key finds it."""
        begin, end = days.span(self.first_day, self.last_day, ZoneInfo(self.zone))
        return and_(
            true() if begin is None else Signature.id >= first_of(begin),
            true() if end is None else Signature.id < first_of(end),
        )

    def as_json(self) -> dict[str, Any]:
        """What `read_json` reads back. To be sealed: address and name are somebody's."""
        values = {name: getattr(self, name) for name in (*NO_FILTERS, *self.used)}
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def read_json(cls, values: dict[str, Any]) -> Wanted:
        """Days that were noted without a zone are days of UTC, as they were meant then."""
        return cls(**{name: READ.get(name, _as_is)(value) for name, value in values.items()})


EQUAL = ("address_digest", "country", "locale", "partner_id", "entry")
# In the very words of the partial indexes: neither database sees through a parameter.
_STATES: dict[State, ColumnElement[str]] = {
    state: literal_column(f"'{state.value}'") for state in State
}
_CONFIRMED = _STATES[State.CONFIRMED]
NOT_CONFIRMED = Signature.state != _CONFIRMED
IS_FLAGGED = and_(Signature.is_flagged, Signature.state == _CONFIRMED)


def in_state(state: State) -> ColumnElement[bool]:
    """As PostgreSQL sees by itself, who is in another state is not confirmed: said to it as well,
    it would expect far fewer rows than there are. SQLite has to be told.
    """
    is_so = Signature.state == _STATES[state]
    is_told = state is not State.CONFIRMED and dialect() == "sqlite"
    return and_(is_so, NOT_CONFIRMED) if is_told else is_so


def begins_with(typed: str) -> ColumnElement[bool]:
    """Whether the shown name begins so: as typed, or in the cases that names are written in."""
    return or_(*(spelled(one) for one in spellings(typed)))


def spellings(typed: str) -> list[str]:
    return list(dict.fromkeys((typed, typed.title(), typed.upper(), typed.lower())))


def spelled(begin: str) -> ColumnElement[bool]:
    name = Signature.public_name
    return and_(name >= begin, name <= begin + LAST_LETTER)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, bool) else str(value)


def _as_is(value: Any) -> Any:
    return value


READ: dict[str, Any] = {
    "letter_id": UUID,
    "address_digest": bytes.fromhex,
    "partner_id": UUID,
    "state": State,
    "entry": Entry,
    "reason": Reason,
    "first_day": date.fromisoformat,
    "last_day": date.fromisoformat,
}
