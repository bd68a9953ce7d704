"""The machine's fonts: which of them can draw a character, and where a line may end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import uharfbuzz

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
    """Where a line may end: after a space or a slash, and between most characters of Chinese."""
    piece = ""
    for letter in text:
        is_broad = unicodedata.east_asian_width(letter) in "WF"
        after_end = piece.endswith((" ", "/")) and letter not in " /" and not letter.isdigit()
        may_break = after_end or is_broad or _is_broad_end(piece)
        if piece and may_break and letter not in NOT_FIRST and letter != " ":
            yield piece
            piece = ""
        piece += letter
    yield piece


def clusters(text: str) -> Iterator[str]:
    """Where a word may be broken if it must: never before a mark, which stays with its letter."""
    cluster = ""
    for letter in text:
        if cluster and unicodedata.category(letter)[0] not in "CM":
            yield cluster
            cluster = ""
        cluster += letter
    yield cluster


def _is_broad_end(piece: str) -> bool:
    return bool(piece) and unicodedata.east_asian_width(piece[-1]) in "WF"
