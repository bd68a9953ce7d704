"""Text in pictures: fonts that have its letters, runs in reading order, lines that fit.

Raqm (in Pillow) shapes Arabic and its kin and orders what is within a run. A run is drawn with the
first font that has its letters; a letter that no font here has is never drawn as an empty box:
`Lettering.can_write` says so before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from PIL import ImageFont, features
from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont

from signing.core import fonts
from signing.core.locales import Direction, Language

# Pillow's wheels have raqm, but it needs the machine's fribidi (libfribidi0). Without it only
# scripts are written whose letters stand side by side as they are.
HAS_RAQM = features.check("raqm")
SIMPLE = re.compile("(?!ARABIC|HEBREW|SYRIAC|DEVANAGARI|BENGALI|TAMIL|THAI|KHMER|MYANMAR)")
PROBE = 16  # the size in which fonts are asked what they have
NOWHERE = "\U0010ffff"  # no font has it: what is drawn for it is the box that we never show
_paths, _pieces = fonts.paths, fonts.pieces
LEFT_TO_RIGHT, RIGHT_TO_LEFT = {"L", "EN", "AN"}, {"R", "AL"}  # as a stretch of them is read


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    font: FreeTypeFont
    direction: Direction

    @property
    def length(self) -> float:
        return self.font.getlength(self.text, **_shaping(self.direction))


@dataclass(frozen=True)
class Lettering:
    """One size and weight, for text in one language."""

    language: Language
    size: int
    is_bold: bool = False

    def can_write(self, text: str) -> bool:
        """Whether the fonts here have every letter of it."""
        return all(self._font(one) is not None for one in text)

    def width(self, text: str) -> float:
        return sum(run.length for run in self._runs(text))

    def draw(self, draw: ImageDraw, at: tuple[float, float], text: str, ink: str) -> None:
        """Draw the line with its beginning at `at`: the left end, from right to left the right.

        The second number is the line that the letters stand on.
        """
        x, y = at
        for run in self._runs(text):
            x -= run.length if self._is_rtl else 0
            shaping = _shaping(run.direction, self.language.tag)
            draw.text((x, y), run.text, ink, run.font, anchor="ls", **shaping)
            x += 0 if self._is_rtl else run.length

    def wrap(self, text: str, width: float, most: int) -> list[str] | None:
        """The text in lines that fit; None where there would be more, or a word is too long."""
        lines = [""]
        for piece in _pieces(text):
            longer = lines[-1] + piece
            if self.width(longer.rstrip()) <= width:
                lines[-1] = longer
            elif len(lines) < most and lines[-1] and self.width(piece.rstrip()) <= width:
                lines[-1] = lines[-1].rstrip()
                lines.append(piece)
            else:
                return None
        return [line.strip() for line in lines]

    @property
    def _first(self) -> FreeTypeFont:
        paths = _paths(is_bold=self.is_bold)
        return self._open(paths[0]) if paths else _own(self.size)

    def _open(self, path: str) -> FreeTypeFont:
        return _open(path, self.size, fonts.face(path, self.language.tag))

    @property
    def _is_rtl(self) -> bool:
        return self.language.direction == "rtl"

    def _runs(self, text: str) -> Iterator[_Run]:
        """Stretches of one font and direction, in reading order."""
        settled = self._settled(text)
        for (font, direction), letters in groupby(
            zip(settled, text, strict=True), key=lambda pair: pair[0]
        ):
            yield _Run("".join(letter for _how, letter in letters), font, direction)

    def _settled(self, text: str) -> list[tuple[FreeTypeFont, Direction]]:
        """Font and direction of each letter.

        What has no direction goes with its neighbours if they agree, else with the line (UAX 9, N1
        and N2); one level of embedding is enough for a line of a title.
        """
        own = self._own_font(text)
        strong = [_direction(one) for one in text]
        settled: list[tuple[FreeTypeFont, Direction]] = []
        line = self.language.direction
        for place, letter in enumerate(text):
            if (direction := strong[place]) is not None:
                settled.append((self._font(letter) or own, direction))
                continue
            before: Direction = next(filter(None, reversed(strong[:place])), line)
            after: Direction = next(filter(None, strong[place:]), line)
            agreed = before if before == after else line
            near = settled[-1][0] if settled and settled[-1][1] == agreed else own
            font = near if _has(near, letter) else self._font(letter) or near
            settled.append((font, agreed))
        return settled

    def _own_font(self, text: str) -> FreeTypeFont:
        """The font of the first letter that reads in the line's direction."""
        for one in text:
            if _direction(one) == self.language.direction:
                return self._font(one) or self._first
        return self._first

    def _font(self, letter: str) -> FreeTypeFont | None:
        if unicodedata.category(letter) in {"Cf", "Mn"}:  # joins, marks: with whatever they follow
            return self._first
        if not (HAS_RAQM or SIMPLE.match(unicodedata.name(letter, ""))):
            return None
        path = _path_with(letter, is_bold=self.is_bold)
        if path is not None:
            return self._open(path)
        return own if _has(own := _own(self.size), letter) else None


def _shaping(direction: Direction, tag: str | None = None) -> dict[str, Any]:
    """What Pillow is told of a run; without raqm it must not be told."""
    return {"direction": direction, "language": tag} if HAS_RAQM else {}


def _direction(letter: str) -> Direction | None:
    kind = unicodedata.bidirectional(letter)
    return "ltr" if kind in LEFT_TO_RIGHT else "rtl" if kind in RIGHT_TO_LEFT else None


@lru_cache(4096)
def _path_with(letter: str, *, is_bold: bool) -> str | None:
    """The first font that has the letter."""
    return next(
        (path for path in _paths(is_bold=is_bold) if _has(_open(path, PROBE, 0), letter)), None
    )


@cache
def _open(path: str, size: int, face: int) -> FreeTypeFont:
    return ImageFont.truetype(path, size, index=face, layout_engine=ImageFont.Layout.RAQM)


@cache
def _own(size: int) -> FreeTypeFont:
    """Pillow's own font, where the machine has none: Latin letters and digits."""
    font = ImageFont.load_default(size)
    if isinstance(font, FreeTypeFont) and HAS_RAQM:
        font = font.font_variant(layout_engine=ImageFont.Layout.RAQM)
    assert isinstance(font, FreeTypeFont)  # noqa: S101  # Pillow's wheels have FreeType
    return font


@lru_cache(16384)
def _has(font: FreeTypeFont, letter: str) -> bool:
    if letter in " \xa0\u202f\u2009":
        return True
    return bytes(font.getmask(letter)) != bytes(font.getmask(NOWHERE))
