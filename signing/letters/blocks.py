"""A letter's Markdown in its blocks: paragraphs, headings, lists, tables; apart and together."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from signing.letters.markdown import Parser

MOST_BLOCKS = 400  # what comes after stays in one, so that no text makes a page without end
_MOST_STEPS = 250_000  # of comparing two texts block by block
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_parser = Parser()


def split(text: str) -> list[str]:
    """The text's blocks in their order, each without blank lines around it."""
    lines = text.split("\n")
    starts = sorted(set(_starts(text, lines)))[:MOST_BLOCKS]
    ends = [*starts[1:], len(lines)][: len(starts)]
    found = (_trim("\n".join(lines[start:end])) for start, end in zip(starts, ends, strict=True))
    return [block for block in found if block]


def _starts(text: str, lines: Sequence[str]) -> Iterator[int]:
    """Where a block begins: the parser's own, and what it makes no block of (definitions)."""
    end = 0
    for token in _parser.parse(text):
        if token.level or token.map is None:
            continue
        yield from _gap(lines, end, token.map[0])
        yield token.map[0]
        end = max(end, token.map[1])
    yield from _gap(lines, end, len(lines))


def _gap(lines: Sequence[str], start: int, end: int) -> Iterator[int]:
    """The first line that is not blank between two blocks."""
    return iter([at for at in range(start, end) if lines[at].strip()][:1])


def _trim(block: str) -> str:
    """Without blank lines around it; the first line's indent means something."""
    lines = block.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


def join(blocks: Iterable[str]) -> str:
    """One text again; `split` takes it apart as before."""
    return "\n\n".join(block for one in blocks if (block := _trim(one)))


def tidy(text: str) -> str:
    """As `join` writes it, to compare texts by more than their blank lines."""
    return join(split(text))


def kind(block: str) -> str:
    """What sort of block it is: `p`, `h2`, `ul`, `table` …"""
    tokens = _parser.parse(block)
    return (tokens[0].tag or tokens[0].type) if tokens else ""


def align(sources: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The blocks of a translation beside those of its source, as many as there are of these.

    Nothing is lost: what has no counterpart stands with the block before it.
    """
    if len(sources) == len(texts) or not sources:
        return list(texts)
    if len(sources) * len(texts) > _MOST_STEPS:
        return _by_place(sources, texts)
    beside = [""] * len(sources)
    for source, text in _cheapest(sources, texts):
        beside[source] = join([beside[source], texts[text]])
    return beside


def _by_place(sources: Sequence[str], texts: Sequence[str]) -> list[str]:
    last = len(sources) - 1
    beside = [texts[at] if at < len(texts) else "" for at in range(last)]
    return [*beside, join(texts[last:])]


def _cheapest(sources: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Each text with a source, in order, so that kinds and lengths differ least in sum."""
    apart = _distances(sources, texts)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(sources) + 1):
        for j in range(len(texts) + 1):
            ways = []
            if i and j:
                ways.append((best[i - 1, j - 1][0] + apart[i - 1][j - 1], (i - 1, j - 1)))
            if i:  # this source has no translation
                ways.append((best[i - 1, j][0] + 1.2, (i - 1, j)))
            if i and j:  # this text belongs to the source before
                ways.append((best[i, j - 1][0] + 1.2, (i, j - 1)))
            elif j:
                ways.append((best[i, j - 1][0] + 1.5, (i, j - 1)))
            if ways:
                best[i, j] = min(ways)
    return reversed(list(_walk_back(best, len(sources), len(texts))))


def _walk_back(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]], i: int, j: int
) -> Iterator[tuple[int, int]]:
    while i or j:
        before = best[i, j][1]
        if before[1] < j:
            yield max(i - 1, 0), j - 1
        i, j = before


def _distances(sources: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
    source_kinds, kinds = [kind(one) for one in sources], [kind(one) for one in texts]
    return [
        [
            abs(math.log(len(source) / len(text))) + (2.0 if source_kind != text_kind else 0.0)
            for text, text_kind in zip(texts, kinds, strict=True)
        ]
        for source, source_kind in zip(sources, source_kinds, strict=True)
    ]


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words, and what became of it."""

    change: Change
    text: str


def compare(before: str, now: str) -> list[Part]:
    """What was changed, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(now)
    if len(old) * len(new) > _MOST_STEPS:
        return [Part(Change.GONE, before), Part(Change.ADDED, now)]
    parts = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            parts.append(Part(Change.SAME, "".join(old[a:b])))
            continue
        changed = ((Change.GONE, "".join(old[a:b])), (Change.ADDED, "".join(new[c:d])))
        parts += [Part(change, text) for change, text in changed if text]
    return parts
