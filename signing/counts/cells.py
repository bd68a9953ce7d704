"""Counts by kind that name nobody: what is small is merged into "other"."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 10  # fewer people than this could be told apart
OTHER = "other"  # where smaller cells are hidden


def merged(cells: Mapping[str, int]) -> dict[str, int]:
    """The cells of ten and more as they are, in their order, the rest together as "other".

    If the rest is less than ten in all, the smallest of the others goes with it: else whoever
    knows the total could read off what was withheld.
    """
    kept = {value: n for value, n in cells.items() if n >= SMALLEST}
    rest = [n for n in cells.values() if n and n < SMALLEST]
    while rest and sum(rest) < SMALLEST and kept:
        rest.append(kept.pop(min(kept, key=lambda value: kept[value])))
    return kept | ({OTHER: sum(rest)} if rest else {})
