"""A translation piece by piece, each with the words it was made from; compared with the original.

That is how a change of the original is found again in every language, paragraph by paragraph.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from signing.letters import blocks


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of the translation. `source` is "" where the original has no such block;

    `text` is "" where somebody left the original's block out on purpose.
    """

    source: str
    text: str


class Mark(StrEnum):
    """How a block of the translation stands to the original."""

    FITS = "fits"
    CHANGED = "changed"  # made from other words than the original has now
    NEW = "new"  # not translated yet
    GONE = "gone"  # the original no longer has it


@dataclass(frozen=True, slots=True)
class Row:
    """The original's block as it reads now, beside the translation's."""

    now: str  # "": the original has none
    before: str  # what the translation was made from
    text: str
    mark: Mark

    @property
    def is_left_out(self) -> bool:
        """Somebody decided that the translation does without."""
        return self.mark is Mark.FITS and bool(self.now) and not self.text

    @property
    def changes(self) -> list[blocks.Part]:
        return blocks.compare(self.before, self.now)


def stored(pieces: Iterable[Piece]) -> list[list[str]]:
    """As the database keeps them."""
    return [[one.source, one.text] for one in pieces]


def load(kept: Iterable[Sequence[str]]) -> list[Piece]:
    return [Piece(source, text) for source, text in kept]


def make(source: str, text: str) -> list[Piece]:
    """A whole translation, taken apart beside the text that it was made from."""
    sources = blocks.split(source)
    texts = blocks.align(sources, blocks.split(text))
    if not sources:
        return [Piece("", one) for one in texts]
    return [Piece(*both) for both in zip(sources, texts, strict=True) if both[1]]


def whole(pieces: Iterable[Piece]) -> str:
    """The translation as one text."""
    return blocks.join(one.text for one in pieces)


def compare(pieces: Sequence[Piece], original: str) -> list[Row]:
    """Every block of the original as it reads now and of the translation, in their order."""
    now, rows = blocks.split(original), []
    known = [one.source for one in pieces]
    matcher = difflib.SequenceMatcher(None, known, now, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            rows += [Row(one.source, one.source, one.text, Mark.FITS) for one in pieces[a:b]]
        else:
            rows += _differing(pieces[a:b], now[c:d])
    return rows


def _differing(pieces: Sequence[Piece], now: Sequence[str]) -> list[Row]:
    """Side by side as they come; what is left over is gone from the original, or new in it."""
    own = [Row("", "", one.text, Mark.FITS) for one in pieces if not one.source]
    made = [one for one in pieces if one.source]
    both = min(len(made), len(now))
    return [
        *(
            Row(block, one.source, one.text, Mark.CHANGED)
            for one, block in zip(made[:both], now[:both], strict=True)
        ),
        *own,
        *(Row("", one.source, one.text, Mark.GONE) for one in made[both:] if one.text),
        *(Row(block, "", "", Mark.NEW) for block in now[both:]),
    ]


def marked(now: str, before: str) -> Mark:
    """How what was made from one block stands to the one that is there now; "" is none."""
    if now == before:
        return Mark.FITS
    if not before:
        return Mark.NEW
    return Mark.CHANGED if now else Mark.GONE


def settle(row: Row, *, is_rewritten: bool, is_checked: bool) -> Piece | None:
    """The row as somebody leaves it: what they wrote, or said is right, fits from now on.

    None where nothing is to be kept: not translated yet, or gone with the original's.
    """
    if not row.text.strip():
        return Piece(row.now, "") if is_checked and row.now else None
    fits = is_checked or is_rewritten or row.mark in {Mark.FITS, Mark.NEW}
    return Piece(row.now if fits else row.before, row.text)


def accept(rows: Iterable[Row]) -> list[Piece]:
    """Everything fits as it is: somebody has compared the two and says so."""
    return [Piece(row.now, row.text) for row in rows if row.now or row.text]


def fits(rows: Iterable[Row]) -> bool:
    return all(row.mark is Mark.FITS for row in rows)


def count_new(rows: Iterable[Row]) -> int:
    """How many blocks of the original have no translation yet."""
    return sum(row.mark is Mark.NEW for row in rows)


def replace(rows: Sequence[Row], original: str, text: str) -> list[Piece]:
    """Another whole translation in place of this one; what reads as before stays as it was."""
    kept = {(row.now, row.text): row.before for row in rows if row.mark is Mark.CHANGED}
    return [
        Piece(kept.get((one.source, one.text), one.source), one.text)
        for one in make(original, text)
    ]
