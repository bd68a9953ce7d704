"""A translation as a list of units, as translation programs have it; and what they bring back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signing.core.refusals import Refusal
from signing.letters.drafts import Written
from signing.letters.pieces import Mark, Piece, Row
from signing.letters.writing import Working

MOST_BYTES = 5_000_000  # of a file that somebody brings
MOST_UNITS = 20_000  # no letter has a fiftieth of these
FIELDS = ("title", "summary", "to", "privacy")


class FileUnusable(Refusal):
    """Why the file cannot be read, in the words of whoever reads such files."""

    status = 422

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class NotUtf8(FileUnusable):
    """The file is in another encoding, by what it says or by what it holds."""

    def __init__(self, kind: str, said: str = "") -> None:
        super().__init__(f"{kind}: {said[:40] or '?'} ≠ UTF-8")


@dataclass(frozen=True, slots=True)
class Unit:
    """A block of the original with its translation."""

    id: str  # title, summary, to, privacy, or p1, p2 …
    source: str
    text: str
    is_open: bool = False  # somebody has to look at it: the original changed
    before: str = ""  # what the translation was made from, if that is something else


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file holds."""

    locale: str  # as the file says it, in lower case with hyphens; "": it says none
    units: tuple[Unit, ...]

    def __post_init__(self) -> None:
        """Of units with the same words each is looked for among all; raises `FileUnusable`."""
        if len(self.units) > MOST_UNITS:
            raise FileUnusable(f"{len(self.units)} > {MOST_UNITS}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of it."""

    written: Written
    foreign: int  # units whose source this letter does not have
    missing: int  # blocks of the original that the file has no translation of


def units(working: Working) -> Iterator[Unit]:
    """Everything there is to translate, in the order of the page."""
    original = working.original
    before = working.source_title
    changed = bool(before and working.title and before != original.title)
    yield Unit("title", original.title, working.title, changed, before if changed else "")
    for name in FIELDS[1:]:
        if source := getattr(original, name):
            yield Unit(name, source, getattr(working, name))
    for number, row in enumerate(_ours(working), 1):
        changed = row.mark is Mark.CHANGED
        yield Unit(f"p{number}", row.now, row.text, changed, row.before if changed else "")


def _ours(working: Working) -> list[Row]:
    return [row for row in working.compare() if row.now]


def take(working: Working, brought: Sequence[Unit]) -> Taken:
    """The text with what was brought; where the file has nothing, what was there stays."""
    waiting: dict[str, list[Unit]] = defaultdict(list)
    for unit in brought:
        if unit.text.strip():
            waiting[unit.source].append(unit)
    title = _pick(waiting, "title", working.original.title)
    named = {name: _pick(waiting, name, getattr(working.original, name)) for name in FIELDS[1:]}
    kept, missing, number = [], 0, 0
    for row in working.compare():
        number += bool(row.now)
        found = _pick(waiting, f"p{number}", row.now) if row.now else None
        missing += bool(row.now) and found is None and not row.is_left_out
        if piece := _piece(row, found):
            kept.append(piece)
    return Taken(
        _written(working, title, named, kept),
        foreign=sum(len(left) for left in waiting.values()),
        missing=missing,
    )


def _written(
    working: Working, title: Unit | None, named: dict[str, Unit | None], kept: list[Piece]
) -> Written:
    fits = title is not None and not title.is_open
    said = {name: unit.text if unit else getattr(working, name) for name, unit in named.items()}
    return Written(
        title=title.text if title else working.title,
        source_title=working.original.title if fits else working.source_title,
        summary=said["summary"],
        to=said["to"],
        privacy=said["privacy"],
        pieces=tuple(kept),
        version=working.version,
        based_on=working.shown.revision_id if working.shown else None,
    )


def _pick(waiting: dict[str, list[Unit]], id_: str, source: str) -> Unit | None:
    """The unit of this source; among several with the same words the one of this place."""
    among = waiting.get(source) or []
    found = next((unit for unit in among if unit.id == id_), among[0] if among else None)
    if found is not None:
        among.remove(found)
    return found


def _piece(row: Row, unit: Unit | None) -> Piece | None:
    if unit is None:
        return Piece(row.before, row.text) if row.text or row.is_left_out else None
    is_still_open = unit.is_open and row.mark is Mark.CHANGED
    return Piece(row.before if is_still_open else row.now, unit.text.strip("\n").rstrip())
