"""The staff's table of signatures: filters, order, pages; each page reads a few rows only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from signing.core import clock, days
from signing.core.db import db, dialect, let_go, transaction
from signing.core.ids import first_of, new_id
from signing.core.keyset import Order
from signing.core.vault import vault
from signing.letters.models import Letter
from signing.signatures import finding
from signing.signatures.address import normalised
from signing.signatures.finding import NEWEST, SORTS, Found, Row
from signing.signatures.models import Entry, Signature, State
from signing.signatures.screening import Reason
from signing.signatures.wanted import Wanted
from tests import make

MANY, RARE = 600, 150  # one in so many is of the rare kind
VERY_MANY = 5000
A_MOMENT = timedelta(milliseconds=1)
CONFIRMED = Order("confirmed", is_descending=True)
ORDERS = [Order(by, is_descending) for by in SORTS for is_descending in (True, False)]


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def crowd(letter: Letter) -> Letter:
    """Signatures as they are after a while, with a few of each rare kind."""
    _fill(letter, range(MANY))
    return letter


def _fill(letter: Letter, numbers: range, rare: int = RARE) -> None:
    """And statistics, as databases keep them."""
    with transaction():
        db.session.execute(insert(Signature), [_row(letter.id, i, rare) for i in numbers])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    let_go()


def _row(letter_id: UUID, i: int, rare: int = RARE) -> dict[str, Any]:
    at = clock.now() - timedelta(days=30) + timedelta(minutes=i)
    is_rare = i % rare == 0
    state = State.CONFIRMED
    if i % rare in (1, 2):
        state = State.PENDING if i % rare == 1 else State.SET_ASIDE
    is_shown = state is State.CONFIRMED and i % 3 == 0
    return {
        "letter_id": letter_id,
        "id": UUID(int=first_of(at).int | new_id().int & (1 << 76) - 1),
        "address_digest": i.to_bytes(16, "big"),
        "state": state,
        "revision": 1,
        "link_version": 1,
        "sealed": bytes(300),
        "public_name": f"{'Żaneta' if is_rare else 'Anna'} {i:05}" if is_shown or is_rare else None,
        "country": "LI" if is_rare else ("DE", "FR", "PL")[i % 3],
        "locale": "ja" if is_rare else ("en", "fr")[i % 2],
        "entry": Entry.API if is_rare else Entry.FORM,
        "partner_id": UUID(int=5) if is_rare else None,
        "reasons": [Reason.MARKUP] if is_rare else [],
        "is_flagged": is_rare,
        "created_at": at,
        "confirmed_at": at + timedelta(hours=1) if state is not State.PENDING else None,
        "asked_at": at,
    }


def pages(wanted: Wanted, order: Order = NEWEST, limit: int = 50) -> Iterator[Found]:
    after = ""
    while True:
        found = finding.list_page(wanted, order, after=after, limit=limit)
        yield found
        after = found.after
        if not after:
            return


def numbers(wanted: Wanted, order: Order = NEWEST, limit: int = 50) -> list[UUID]:
    return [row.id for page in pages(wanted, order, limit) for row in page.rows]


RARE_ONES: dict[str, dict[str, Any]] = {
    "country": {"country": "LI"},
    "locale": {"locale": "ja"},
    "partner": {"partner_id": UUID(int=5)},
    "flagged": {"is_flagged": True},
    "pending": {"state": State.PENDING},
    "set aside": {"state": State.SET_ASIDE},
    "name": {"name": "żan"},
}


def test_every_filter_finds_what_fits_and_nothing_else(crowd: Letter) -> None:
    """In every order, on pages of every size, each row once."""
    for fields in (*RARE_ONES.values(), {"entry": Entry.API}, {"reason": Reason.MARKUP}):
        wanted = Wanted(crowd.id, **fields)
        assert len(numbers(wanted)) == MANY // RARE, fields
        assert sorted(numbers(wanted, limit=1)) == sorted(numbers(wanted)), fields
    both = Wanted(crowd.id, country="LI", locale="en")
    assert numbers(both) == []
    assert numbers(replace(both, locale="ja", entry=Entry.API, state=State.CONFIRMED))
    assert numbers(Wanted(new_id())) == []


def test_the_orders_are_what_they_are_called(crowd: Letter) -> None:
    everybody = Wanted(crowd.id)
    newest, oldest = numbers(everybody), numbers(everybody, Order("sent"))
    assert newest == sorted(newest, reverse=True) == oldest[::-1]
    assert len(newest) == MANY
    confirmed = [row for page in pages(everybody, CONFIRMED, 999) for row in page.rows]
    moments = [row.confirmed_at for row in confirmed if row.confirmed_at]
    assert moments == sorted(moments, reverse=True)
    assert len(moments) == MANY - MANY // RARE


def test_every_order_meets_each_row_once_on_pages_of_any_size_and_turned_round(
    crowd: Letter,
) -> None:
    """Sorted by what not everybody has, it is those who have one."""
    for by in SORTS:
        up, down = Order(by), Order(by, is_descending=True)
        rows = [row for page in pages(Wanted(crowd.id), up, 70) for row in page.rows]
        assert len({row.id for row in rows}) == len(rows) >= MANY // 3, by
        keys = [_key(row, by) for row in rows]
        assert keys == sorted(keys), by
        assert numbers(Wanted(crowd.id), down, 33) == [row.id for row in rows][::-1], by
        among = Wanted(crowd.id, country="LI")
        assert len(numbers(among, down)) == MANY // RARE, by
        assert len(numbers(replace(among, locale="ja"), up, 1)) == MANY // RARE, by


def _key(row: Row, by: str) -> tuple[Any, UUID]:
    value = None if by == "sent" else getattr(row, SORTS[by].value)
    return (value.encode() if isinstance(value, str) else value or 0), row.id


def test_names_are_found_by_how_they_begin_in_any_case(letter: Letter) -> None:
    for i, name in enumerate(("Anna Bo", "anna ce", "ANNA DE", "Bea", "Änne")):
        with transaction():
            row = _row(letter.id, i) | {"public_name": name, "state": State.CONFIRMED}
            db.session.execute(insert(Signature), [row])
    for typed, n in {"anna": 3, "ANNA": 3, "Anna B": 1, "b": 1, "än": 1, "x": 0, "%": 0}.items():
        assert len(numbers(Wanted(letter.id, name=typed), limit=2)) == n, typed


def test_an_exact_address_is_found_by_its_digest(letter: Letter) -> None:
    ref = make.signature(letter, email="Zoe+x@gmail.com")
    digest = vault.digest(letter.id, normalised("zoe@gmail.com"))
    wanted = Wanted(letter.id, address_digest=digest, state=State.CONFIRMED)
    assert numbers(wanted) == [ref.signature_id]
    assert "digest" not in repr(wanted)


def test_days_are_those_of_the_first_sending(crowd: Letter) -> None:
    every = [row.created_at.date() for page in pages(Wanted(crowd.id)) for row in page.rows]
    day = every[0]
    rows = [
        row for page in pages(Wanted(crowd.id, first_day=day, last_day=day)) for row in page.rows
    ]
    assert [row.created_at.date() for row in rows] == [one for one in every if one == day]


def test_days_are_as_long_as_clocks_of_the_zone_make_them(letter: Letter) -> None:
    """Of 23 and 25 hours, and without a midnight: who is in one is in no other."""
    for number, (zone, day, hours) in enumerate((
        ("Europe/Athens", date(2026, 3, 29), 23), ("Europe/Athens", date(2026, 10, 25), 25),
        ("America/St_Johns", date(2026, 11, 1), 25), ("Asia/Beirut", date(2027, 3, 28), 23),
        ("Africa/Cairo", date(2026, 10, 29), 25), ("America/Sao_Paulo", date(2018, 11, 4), 23),
    )):  # fmt: skip
        begin = days.begin(day, ZoneInfo(zone))
        end = begin + timedelta(hours=hours)
        at = [begin - A_MOMENT, begin, end - A_MOMENT, end]
        rows = [_row(letter.id, number * 10 + i) for i in range(len(at))]
        ids = [UUID(int=first_of(one).int | 1 + number) for one in at]
        with transaction():
            found = [row | {"id": id_} for row, id_ in zip(rows, ids, strict=True)]
            db.session.execute(insert(Signature), found)
        these = Wanted(letter.id, first_day=day, last_day=day, zone=zone)
        assert numbers(these, Order("sent")) == ids[1:3], zone
        before, after = (replace(these, first_day=None), replace(these, last_day=None))
        assert ids[3] not in numbers(before)
        assert ids[0] not in numbers(after)
        assert {*numbers(before)} & {*numbers(after)} == {*ids[1:3]}, zone


def test_filters_survive_being_written_down(crowd: Letter) -> None:
    day = clock.now().date()
    wanted = Wanted(
        crowd.id, bytes(16), "Zoë", "SE", "fr", new_id(), State.PENDING, Entry.API,
        Reason.MARKUP, is_flagged=True, first_day=day, last_day=day, zone="Europe/Athens",
    )  # fmt: skip
    assert Wanted.read_json(wanted.as_json()) == wanted
    assert len(wanted.used) == 11


def test_days_that_were_written_down_without_a_zone_are_still_days_of_utc(letter: Letter) -> None:
    """As they were meant by the version that wrote them."""
    noted = {"letter_id": str(letter.id), "first_day": "2026-11-21"}
    assert Wanted.read_json(noted) == Wanted(letter.id, first_day=date(2026, 11, 21), zone="UTC")


@pytest.mark.parametrize("order", [NEWEST, Order("sent"), Order("country"), CONFIRMED])
def test_a_page_looks_at_so_many_rows_and_says_so(
    crowd: Letter, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    monkeypatch.setattr(finding, "SPAN", 60)
    wanted = Wanted(crowd.id, entry=Entry.API)
    found = [*pages(wanted, order)]
    assert sum(len(page.rows) for page in found) == MANY // RARE
    assert len(found) >= MANY // 60
    assert all(page.is_short for page in found[:-1])


OF_DAYS: dict[str, Any] = {
    "first_day": clock.now().date() - timedelta(days=40),
    "last_day": clock.now().date() - timedelta(days=20),
    "zone": "America/St_Johns",
}
SORTED = [
    *((fields, NEWEST) for fields in RARE_ONES.values()),
    *(({}, order) for order in ORDERS),
    ({"country": "LI"}, Order("country")),
    *((OF_DAYS, order) for order in (NEWEST, Order("sent"))),
]


def test_no_page_reads_or_sorts_the_whole_table(letter: Letter) -> None:
    """What the databases say that they would do, for each filter and order."""
    _fill(letter, range(VERY_MANY), rare=3)
    for fields, order in SORTED:
        plans = _plans(Wanted(letter.id, **fields), order)
        assert plans, fields
        for plan in plans:
            if dialect() == "postgresql":
                assert "Seq Scan" not in plan, (fields, plan)
                assert "Sort" not in plan, (fields, plan)
            else:
                assert "SCAN signatures" not in plan, (fields, plan)
                assert "TEMP B-TREE" not in plan, (fields, plan)


def _plans(wanted: Wanted, order: Order) -> list[str]:
    """The plans of every statement that a page takes, in the middle of the table."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        asked.append((statement, values))

    first = finding.list_page(wanted, order, limit=1)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        finding.list_page(wanted, order, after=first.after, limit=50)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    word = "EXPLAIN" if dialect() == "postgresql" else "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:
        return [
            "\n".join(
                str(tuple(row)) for row in connection.exec_driver_sql(f"{word} {statement}", values)
            )
            for statement, values in asked
            if statement.startswith("SELECT")
        ]
