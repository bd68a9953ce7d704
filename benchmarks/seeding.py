"""A letter that very many have signed, as it would lie in the database: sealed, counted, mailed.

By COPY on PostgreSQL, by bulk inserts on SQLite; a million in a minute or two.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, insert, text

from signing.core import clock
from signing.core.db import Base, db, dialect, let_go, transaction
from signing.core.ids import first_of, new_id
from signing.core.vault import vault
from signing.counts.actions import roll_up
from signing.counts.models import CountChange
from signing.letters import wordings
from signing.letters.models import ConsentPurpose, Letter
from signing.mail.kinds import Kind
from signing.mail.models import MailState, OutgoingMail
from signing.mail.tallies import UNSETTLED
from signing.mail.tallies import recount as recount_mails
from signing.signatures import person
from signing.signatures.models import CONTROLLER, Consent, Entry, Show, Signature, State
from signing.signatures.person import Person
from signing.signatures.screening import Reason

DAYS = 90  # so long it has been open
MAILS_DAYS = 30  # so long settled mails are kept
AT_ONCE = 5000
GIVEN = ("Zoë", "Amir", "Léa", "Jan", "María", "Nils", "Yuki", "Olena", "Tomás", "Ada")
FAMILY = ("Lindqvist", "Haddad", "Moreau", "Novák", "Garcia", "Berg", "Tanaka", "Bondar", "Quist")
# Where people live, and the languages that they sign in there.
PLACES = {
    "DE": ("de", "en"), "FR": ("fr",), "ES": ("es", "en"), "IT": ("it",), "PL": ("pl",),
    "NL": ("nl", "en"), "BE": ("fr", "nl"), "SE": ("en",), "PT": ("pt-pt",), "AT": ("de",),
    "CZ": ("cs", "en"), "RO": ("ro", "en"), "GR": ("el", "en"), "HU": ("hu", "en"), "DK": ("en",),
    "FI": ("en",), "IE": ("en",), "SK": ("sk", "en"), "HR": ("en",), "BG": ("bg", "en"),
    "LT": ("en",), "LV": ("en",), "SI": ("en",), "EE": ("en",), "LU": ("fr", "de"),
    "JP": ("ja",), "US": ("en", "es"), "MA": ("ar", "fr"), "EG": ("ar",), "UA": ("uk",),
}  # fmt: skip
COUNTRIES = tuple(PLACES)


T = TypeVar("T")


@dataclass(frozen=True)
class Seeded:
    """One signature as it will lie there, with what hangs on it."""

    row: dict[str, Any]
    consents: list[dict[str, Any]]
    mail: dict[str, Any] | None


def fill(letter: Letter, number: int, *, partners: Iterable[UUID] = ()) -> None:
    """So many signatures more, over the last ninety days; the books balance afterwards."""
    chance = random.Random(number)  # noqa: S311  # the same letter each time
    shown = wordings.list_shown(letter, letter.default_locale)
    wording_ids = {purpose: one.id for purpose, one in shown.items()}
    lines: Counter[tuple[Any, ...]] = Counter()
    own = (None, None, None, None, *partners)
    seeds = (_seed(letter.id, n, number, chance, own, wording_ids) for n in range(number))
    for few in _batched(seeds, AT_ONCE):
        _put(Signature, (one.row for one in few))
        _put(Consent, (consent for one in few for consent in one.consents))
        _put(OutgoingMail, (one.mail for one in few if one.mail))
        for one in few:
            if one.row["state"] == State.CONFIRMED.value:
                lines[_line_key(one.row)] += 1
    _count(letter.id, lines)
    with transaction():
        recount_mails(timedelta(days=MAILS_DAYS) + UNSETTLED)
    _look()


def _seed(
    letter_id: UUID,
    n: int,
    number: int,
    chance: random.Random,
    partners: tuple[UUID | None, ...],
    wording_ids: dict[ConsentPurpose, UUID],
) -> Seeded:
    at = clock.now() - timedelta(days=DAYS) * (1 - (n + chance.random()) / number)
    state, id_ = _state(chance), _id_at(at, chance)
    who = _who(letter_id, n, number, chance, is_shown=chance.random() < 0.5)
    row = who | _circumstances(at, state, chance, partners) | {"letter_id": letter_id, "id": id_}
    if state is not State.CONFIRMED:
        row["public_name"] = None
    purposes = [ConsentPurpose.SIGN, *_choices(row, chance)]
    consents = [_consent(row, wording_ids[one], at) for one in purposes if one in wording_ids]
    for consent, purpose in zip(consents, purposes, strict=False):
        consent["purpose"] = purpose.value
    is_kept = at > clock.now() - timedelta(days=MAILS_DAYS)
    return Seeded(row, consents, _mail(row, at, chance) if is_kept else None)


def _state(chance: random.Random) -> State:
    found = chance.random()
    if found < 0.02:
        return State.PENDING
    return State.SET_ASIDE if found < 0.025 else State.CONFIRMED


def _id_at(at: datetime, chance: random.Random) -> UUID:
    """As `new_id` would have made it then."""
    value = first_of(at).int | chance.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def _who(
    letter_id: UUID, n: int, number: int, chance: random.Random, *, is_shown: bool
) -> dict[str, Any]:
    name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    address = f"seed{n}of{number}@posteo.de"
    digest = vault.digest(letter_id, address)
    show = Show.FULL if is_shown else Show.NO
    who = Person(name=name, email=address, city="Exampleton", show=show)
    return {
        "address_digest": digest,
        "sealed": person.seal(letter_id, digest, who),
        "public_name": name if is_shown else None,
    }


def _circumstances(
    at: datetime, state: State, chance: random.Random, partners: tuple[UUID | None, ...]
) -> dict[str, Any]:
    country = chance.choice(COUNTRIES)
    is_flagged = chance.random() < 0.002
    partner_id = chance.choice(partners)
    confirmed_at = at + timedelta(minutes=3) if state is not State.PENDING else None
    return {
        "state": state.value,
        "revision": 1,
        "link_version": 1,
        "country": country,
        "locale": chance.choice(PLACES[country]),
        "entry": (Entry.EMBED if partner_id else Entry.FORM).value,
        "partner_id": partner_id,
        "reasons": [next(iter(Reason)).value] if is_flagged else [],
        "is_flagged": is_flagged,
        "bounced_at": at + timedelta(hours=1) if chance.random() < 0.01 else None,
        "created_at": at,
        "asked_at": at,
        "confirmed_at": confirmed_at,
    }


def _choices(row: dict[str, Any], chance: random.Random) -> Iterator[ConsentPurpose]:
    if row["public_name"]:
        yield ConsentPurpose.SHOW_NAME
    if chance.random() < 0.3:
        yield ConsentPurpose.NEWS


def _consent(row: dict[str, Any], wording_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "letter_id": row["letter_id"],
        "signature_id": row["id"],
        "purpose": "",
        "receiver_id": CONTROLLER,
        "wording_id": wording_id,
        "given_at": at,
    }


def _mail(row: dict[str, Any], at: datetime, chance: random.Random) -> dict[str, Any]:
    is_dead = chance.random() < 0.005
    return {
        "letter_id": row["letter_id"],
        "id": _id_at(at, chance),
        "kind": Kind.CONFIRM_SIGNATURE.value,
        "recipient_kind": "signature",
        "recipient_id": row["id"],
        "locale": row["locale"],
        "created_at": at,
        "due_at": at,
        "attempts": 1,
        "state": (MailState.DEAD if is_dead else MailState.SENT).value,
        "last_error": "refused at RCPT: 550 5.1.1" if is_dead else None,
        "sent_at": None if is_dead else at + timedelta(seconds=2),
    }


def _put(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """All of them, each with the same columns."""
    table, found = cast(Table, model.__table__), list(rows)
    if not found:
        return
    with transaction():
        if dialect() == "postgresql":
            _copy(table, found)
        else:
            db.session.connection().execute(insert(table), found)


def _copy(table: Table, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    raw = db.session.connection().connection.driver_connection
    assert raw is not None  # noqa: S101
    columns = ", ".join(f'"{name}"' for name in names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(row[name]) for name in names])


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _line_key(row: dict[str, Any]) -> tuple[Any, ...]:
    """Three hours together, or the ledger would be as long as the table."""
    at = row["confirmed_at"]
    hour = at.replace(hour=at.hour - at.hour % 3, minute=0, second=0, microsecond=0)
    return hour, row["locale"], row["country"], row["partner_id"], row["entry"]


def _count(letter_id: UUID, lines: Counter[tuple[Any, ...]]) -> None:
    """Through the ledger, a line for all who are alike in an hour."""
    names = ("at", "locale", "country", "partner_id", "entry")
    rows = (
        dict(zip(names, key, strict=True))
        | {"letter_id": letter_id, "id": new_id(), "delta": n, "shown_delta": 0}
        for key, n in lines.items()
    )
    for few in _batched(rows, AT_ONCE):
        _put(CountChange, few)
    while True:
        with transaction():
            if not roll_up():
                return


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    some = iter(rows)
    while few := list(islice(some, size)):
        yield few


def _look() -> None:
    """The database knows how much there is now, as it does of itself after a while."""
    let_go()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
