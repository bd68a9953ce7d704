"""The filters of the signatures' table: what stands in the address, and what is sealed in it.

An address or a name is somebody's: in the page's address it stands sealed under the letter's key.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from email_validator import EmailNotValidError
from flask import request
from flask_babel import lazy_gettext as _l

from signing.core.keyset import Order
from signing.core.refusals import Refusal
from signing.core.vault import Place, Unreadable, vault
from signing.letters.models import Letter
from signing.signatures import names
from signing.signatures.address import normalised
from signing.signatures.finding import SORTS, By
from signing.signatures.models import Entry, State
from signing.signatures.screening import Reason
from signing.signatures.wanted import Wanted
from signing.web.staff import reading

E = TypeVar("E", bound=StrEnum)
OPEN = ("country", "locale", "partner", "state", "entry", "noticed", "flagged", "first", "last")
FIRST = {"state"}  # stands beside address and name; the others are folded away
SECRET = "q"  # noqa: S105  # the name of a field


class NoAddress(Refusal):
    status = 422
    message = _l("Enter a complete e-mail address, such as name@example.org.")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for, and how the page's address carries it from page to page."""

    wanted: Wanted
    kept: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        return not self.wanted.used

    @property
    def uses_more(self) -> bool:
        """Something of what is folded away: whoever only looks for an address has no long way."""
        return not self.kept.keys() <= FIRST | {SECRET}

    def address(self, after: str, order: Order) -> str:
        """The place where the next page begins, as it may stand in an address: names do not."""
        is_sealed = self._is_by_name(order) and after
        return _seal(self._rows, after) if is_sealed else after

    def place(self, text: str, order: Order) -> str:
        """What `address` wrote; "" for anything else."""
        is_sealed = self._is_by_name(order) and text
        return _open(self._rows, text) if is_sealed else text

    @property
    def _rows(self) -> Place:
        """No seal of a place is one of what is asked for: those hold other things."""
        return Place("staff_filters", self.wanted.letter_id, b"after")

    def _is_by_name(self, order: Order) -> bool:
        return bool(self.wanted.name) or SORTS[order.by] is By.NAME


def read(letter: Letter) -> Filters:
    """What the query or the form says; what cannot be read filters nothing."""
    values = {name: request.values.get(name, "").strip() for name in OPEN}
    sealed = request.values.get(SECRET, "")
    secret = _read_secret(letter.id, sealed)
    wanted = Wanted(
        letter.id,
        address_digest=bytes.fromhex(secret["address"]) if secret.get("address") else None,
        name=secret.get("name", ""),
        country=values["country"],
        locale=values["locale"],
        partner_id=reading.uuid(values["partner"]),
        state=_one_of(State, values["state"]),
        entry=_one_of(Entry, values["entry"]),
        reason=_one_of(Reason, values["noticed"]),
        is_flagged=bool(values["flagged"]),
        first_day=reading.day(values["first"]),
        last_day=reading.day(values["last"]),
        zone=letter.time_zone,
    )
    kept = {SECRET: sealed if secret else "", **values}
    return Filters(wanted, {name: value for name, value in kept.items() if value})


def seal_secret(letter: Letter) -> str:
    """Address and name that the form holds, sealed; "" without any. Raises `NoAddress`."""
    typed = request.form.get("address", "").strip()
    secret = {}
    if typed:
        secret["address"] = _digest(letter.id, typed).hex()
    if name := names.clean_line(request.form.get("name", ""))[: names.NAME_CHARACTERS]:
        secret["name"] = name
    return _seal(_asked(letter.id), json.dumps(secret)) if secret else ""


def _digest(letter_id: UUID, typed: str) -> bytes:
    try:
        return vault.digest(letter_id, normalised(typed))
    except EmailNotValidError:
        raise NoAddress from None


def _read_secret(letter_id: UUID, sealed: str) -> dict[str, str]:
    plain = _open(_asked(letter_id), sealed)
    secret: dict[str, str] = json.loads(plain) if plain else {}
    return secret


def _seal(place: Place, plain: str) -> str:
    return base64.urlsafe_b64encode(vault.seal(place, plain.encode())).decode()


def _open(place: Place, sealed: str) -> str:
    """ "" for what is not ours."""
    try:
        return vault.open(place, base64.urlsafe_b64decode(sealed.encode())).decode()
    except (binascii.Error, UnicodeEncodeError, Unreadable):
        return ""


def _asked(letter_id: UUID) -> Place:
    return Place("staff_filters", letter_id, b"")


def _one_of(kind: type[E], value: str) -> E | None:
    return kind(value) if value in set(kind) else None
