"""A goal that grows by itself."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from signing.letters import goals

BASES, COUNTS = st.integers(1, 1_000_000_000), st.integers(0, 2_000_000_000)
PERCENTS = st.integers(goals.LEAST_PERCENT, goals.MOST_PERCENT)


def test_it_rises_to_the_next_round_number_once_it_is_near() -> None:
    assert [goals.effective(1000, 75, n) for n in (0, 749, 750, 1124, 1125, 9000)] == [
        1000, 1000, 1500, 1500, 2000, 15000,
    ]  # fmt: skip


def test_a_goal_that_does_not_grow_stays_and_none_stays_none() -> None:
    assert goals.effective(1000, None, 5000) == 1000
    assert goals.effective(None, 75, 5000) is None


def test_steps_are_round_and_above_the_base() -> None:
    assert list(islice(goals.steps(7), 4)) == [10, 15, 20, 25]
    assert list(islice(goals.steps(3333), 4)) == [4000, 5000, 7500, 10000]


@given(BASES, PERCENTS, COUNTS)
def test_the_goal_shown_is_never_reached_so_far_and_never_below_the_base(
    base: int, percent: int, n: int
) -> None:
    shown = goals.effective(base, percent, n)
    assert shown is not None
    assert shown >= base
    assert n * 100 < shown * percent


@given(BASES, PERCENTS, COUNTS, COUNTS)
def test_more_signatures_never_lower_it(base: int, percent: int, one: int, other: int) -> None:
    fewer, more = (goals.effective(base, percent, n) or 0 for n in sorted((one, other)))
    assert fewer <= more
