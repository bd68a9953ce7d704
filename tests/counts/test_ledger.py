"""The ledger: whatever happens in whatever order, the books balance."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.counts import actions, queries
from signing.counts.actions import Counted
from signing.counts.models import CountChange, Dimension, Tally
from signing.letters import queries as letters
from signing.signatures import queries as signatures
from tests import make
from tests.books import Books

LINES = st.lists(
    st.tuples(
        st.sampled_from(["en", "fr", "pt-pt"]),
        st.sampled_from(["SE", "FR", ""]),
        st.sampled_from([1, 1, 1, -1]),
        st.integers(0, 3),  # how many lines are rolled up afterwards
    ),
    max_size=12,
)


@given(LINES)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rolled_up_or_not_the_number_is_the_sum_of_the_lines(
    app: Flask, lines: list[tuple[str, str, int, int]]
) -> None:
    letter_id = new_id()
    expected: Counter[str] = Counter()
    for locale, country, delta, rolled in lines:
        with transaction():
            actions.note(letter_id, Counted(locale, country, "form"), delta=delta)
            actions.roll_up(limit=rolled) if rolled else None
        expected[locale] += delta
        assert queries.total(letter_id).n == expected.total()
    in_sight = {tag: n for tag, n in expected.items() if n > 0}
    assert queries.by_value(letter_id, Dimension.LOCALE) == in_sight
    by_dimension = queries.ever(letter_id)
    countries = sum(n for (kind, _), n in by_dimension.items() if kind is Dimension.COUNTRY)
    assert countries == expected.total()
    with transaction():
        actions.roll_up()


def test_the_moment_of_the_last_change_survives_the_roll_up(app: Flask) -> None:
    letter = make.letter()
    assert queries.total(letter.id).as_of is None
    make.signature(letter)
    before = queries.total(letter.id).as_of
    with time_machine.travel(clock.now() + timedelta(hours=1)), transaction():
        actions.roll_up()
    assert before is not None
    assert queries.total(letter.id).as_of == before


def test_a_planted_difference_is_found_and_repaired(app: Flask, books: Books) -> None:
    letter = make.letter()
    make.signature(letter, locale="fr")
    with transaction():
        actions.roll_up()
    with transaction():
        tally = db.session.get(Tally, (letter.id, Dimension.LOCALE, "fr", 0))
        assert tally is not None
        tally.n = 5

    assert not books.balance("open-roads")
    differences = actions.compare(letter.id, signatures.tally(letter.id))
    assert [(one.dimension, one.value, one.tallied, one.recounted) for one in differences] == [
        (Dimension.LOCALE, "fr", 5, 1)
    ]
    with transaction():
        actions.repair(letter.id, differences, by=make.OPERATOR)
    assert books.balance("open-roads")
    assert books.total("open-roads") == 1


def test_reading_the_count_is_one_statement_whatever_the_number(app: Flask) -> None:
    letter = make.letter()
    for number in range(5):
        make.signature(letter, email=f"zoe{number}@example.org")
    assert books_rows() == 5
    assert queries.total(letters.get_by_slug("open-roads").id).n == 5


def books_rows() -> int:
    return len(list(db.session.query(CountChange)))
