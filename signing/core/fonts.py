"""The machine's fonts: which of them has a letter, which way it is read, where a line may end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import uharfbuzz

from signing.core.locales import Direction

# Where Debian, Fedora and Alpine put the Noto fonts (fonts-noto-core, fonts-noto-cjk and kin).
FOLDERS = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/noto",
)
WEIGHTS = {False: "Regular", True: "Bold"}
CJK_FACES = {"ja": 0, "ko": 1, "zh": 2}  # the order in the collection; the same code, other shapes
NOT_FIRST = frozenset(
    "、。，．・：；？！）」』】〉》”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…,.:;?!)"
)

_PICTURES = {"So", "Sk"}
_MAY_LACK = _PICTURES | {"Cc", "Cf", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"}
LEFT_TO_RIGHT, RIGHT_TO_LEFT = {"L", "EN", "AN"}, {"R", "AL"}  # as a stretch of them is read

Stretch = tuple[str, Direction]


@cache
def paths(*, is_bold: bool) -> tuple[str, ...]:
    """All Noto Sans of this weight on this machine, the one with most of Europe's letters first."""
    weight = WEIGHTS[is_bold]
    found = [
        path
        for folder in FOLDERS
        for path in sorted(Path(folder).glob(f"NotoSans*-{weight}.tt[fc]"))
        if "Mono" not in path.name and "UI" not in path.name
    ]
    found.sort(key=lambda path: (path.name != f"NotoSans-{weight}.ttf", "CJK" in path.name))
    return tuple(map(str, found))


def face(path: str, tag: str) -> int:
    """Which font of a collection writes as this language does."""
    if not path.endswith(".ttc"):
        return 0
    return CJK_FACES.get(tag.partition("-")[0], CJK_FACES["zh"])


@lru_cache(4096)
def path_with(letter: str, *, is_bold: bool = False) -> str | None:
    """The first font that has the letter; None: no font of this machine has.

    Broad letters and their commas come from the fonts for Chinese and its neighbours.
    """
    known = paths(is_bold=is_bold)
    is_broad = unicodedata.east_asian_width(letter) in "WF"
    ordered = reversed(known) if is_broad else known
    return next((path for path in ordered if ord(letter) in _letters(path)), None)


@cache
def _letters(path: str) -> frozenset[int]:
    font = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))
    return frozenset(font.unicodes)


def can_write(text: str) -> bool:
    """Whether the fonts here have every letter of it.

    Marks and joins go with what they follow; a picture that is no letter may be left out.
    """
    needed = {one for one in text if unicodedata.category(one) not in _MAY_LACK}
    return bool(paths(is_bold=False)) and all(map(path_with, needed))


def drawable(text: str) -> str:
    """The text without pictures, such as emoji, that no font here has."""
    return "".join(
        one for one in text if unicodedata.category(one) not in _PICTURES or path_with(one)
    )


def stretches(text: str, line: Direction) -> list[Stretch]:
    """The text in parts of one direction, in reading order.

    What has no direction goes with its neighbours if they agree, else with the line (UAX 9, N1 and
    N2); one level of embedding is enough for what stands on posters and sheets.
    """
    strong = [_direction(one) for one in text]
    after: list[Direction] = []
    following = line
    for one in reversed(strong):
        following = one or following
        after.insert(0, following)
    settled: list[Direction] = []
    before = line
    for mine, following in zip(strong, after, strict=True):
        before = mine or before
        settled.append(mine or (before if before == following else line))
    grouped = groupby(zip(settled, text, strict=True), key=lambda pair: pair[0])
    return [("".join(one for _way, one in letters), way) for way, letters in grouped]


def direction(text: str) -> Direction | None:
    """Of the first letter that has one (UAX 9, P2): a name's own, whatever stands around it."""
    return next(filter(None, map(_direction, text)), None)


def _direction(letter: str) -> Direction | None:
    kind = unicodedata.bidirectional(letter)
    return "ltr" if kind in LEFT_TO_RIGHT else "rtl" if kind in RIGHT_TO_LEFT else None


def by_font(text: str, *, is_bold: bool = False) -> list[tuple[str, str]]:
    """The text in parts that one font can write, each with the path of that font."""
    path, found = "", []
    for letter in text:
        is_joined = unicodedata.category(letter)[0] in "CMZ"  # goes with what it follows
        stays = path and not letter.isalpha() and (is_joined or ord(letter) in _letters(path))
        mine = None if stays else path_with(letter, is_bold=is_bold)
        path = mine or path or paths(is_bold=is_bold)[0]
        found.append((path, letter))
    grouped = groupby(found, key=lambda pair: pair[0])
    return [("".join(one for _path, one in letters), path) for path, letters in grouped]


def pieces(text: str) -> Iterator[str]:
    """Where a line may end: after a space, and between most characters of Chinese and Japanese."""
    piece = ""
    for letter in text:
        is_broad = unicodedata.east_asian_width(letter) in "WF"
        may_break = (piece.endswith(" ") and letter != " ") or is_broad or _is_broad_end(piece)
        if piece and may_break and letter not in NOT_FIRST and letter != " ":
            yield piece
            piece = ""
        piece += letter
    yield piece


def _is_broad_end(piece: str) -> bool:
    return bool(piece) and unicodedata.east_asian_width(piece[-1]) in "WF"
