"""A goal that grows by itself: what is shown follows from the count alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator

ROUND = (10, 15, 20, 25, 30, 40, 50, 75)  # and each ten, a hundred … times as many
LEAST_PERCENT, MOST_PERCENT = 50, 100


def effective(base: int | None, grows_at: int | None, n: int) -> int | None:
    """The goal to show when `n` have signed: the base, or the first step that is not near yet.

    Near means that `grows_at` per cent of it are reached. Without `grows_at` it stays the base.
    """
    if base is None or grows_at is None or n * 100 < base * grows_at:
        return base
    return next(step for step in steps(base) if n * 100 < step * grows_at)


def steps(base: int) -> Iterator[int]:
    """The round numbers above the base, without end."""
    times = 10 ** max(len(str(base)) - 2, 0)
    while True:
        yield from (step * times for step in ROUND if step * times > base)
        times *= 10
