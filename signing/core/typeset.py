"""Lines of a PDF: each stretch in one font and one direction is drawn by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment

from signing.core import bidi, fonts
from signing.core.locales import Direction, Language

_TURNS = {"R", "AL", "AN", *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")}
JOINED = "\u0250"  # before it stand Latin letters that need no shaping: one sign, one shape


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look; their size is in points."""

    size: float
    is_bold: bool = False
    is_quick: bool = False  # without kerning: nobody misses it in small print, thousands of names


@dataclass(frozen=True, slots=True)
class Run:
    """What one font writes in one direction."""

    text: str
    path: str
    direction: Direction


Measured = Sequence[tuple[Run, float]]  # with their widths, from left to right


def stretches(line: str, base: Direction) -> list[tuple[str, Direction]]:
    """The line in parts of one direction as they stand on paper, from left to right (UAX 9, L2)."""
    if base == "ltr" and not any(unicodedata.bidirectional(one) in _TURNS for one in line):
        return [(line, "ltr")] if line else []
    way = TextDirection.LTR if base == "ltr" else TextDirection.RTL
    ordered = BidiParagraph(line, base_direction=way).get_reordered_characters()
    found: list[tuple[str, Direction]] = []
    for level, some in groupby(ordered, key=lambda one: one.embedding_level):
        text = "".join(one.character for one in some if one.character not in bidi.SIGNS)
        if text:
            found.append((text[::-1], "rtl") if level % 2 else (text, "ltr"))
    return found


class Typeset(FPDF):
    """Pages whose lines begin at the side where the language's lines do."""

    def __init__(self, language: Language, *, title: str, paper: str, margin: float) -> None:
        super().__init__(format=paper)
        self.language = language
        self.is_rtl = language.direction == "rtl"
        self._named: dict[str, str] = {}  # fonts by path, as this file names them
        self._widths: dict[tuple[str, Style], float] = {}
        self.set_margins(margin, margin)
        self.set_auto_page_break(False)
        self.set_title(title)
        self.set_lang(language.tag)
        self.c_margin = 0

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:  # noqa: ARG002
        """What `draw_runs` hands over has one direction and one font: it is shaped as a whole.

        fpdf2 2.8.9 would begin a new fragment wherever the script changes, and a vowel mark has
        none of its own ("inherited"): Arabic letters beside one were drawn unjoined.
        """
        if not text:
            return ()
        if shaping := self.text_shaping:
            way = shaping["direction"]
            shaping.update(paragraph_direction=way, fragment_direction=way)
        return (Fragment(text, self._get_current_graphics_state(), self.k),)

    def measured(self, line: str, style: Style, base: Direction | None = None) -> Measured:
        """The line's runs from left to right, whichever way they are read.

        `base` is the direction of the line itself, where that is not the page's.
        """
        found = []
        for text, direction in stretches(line, base or self.language.direction):
            parts = fonts.by_font(text, is_bold=style.is_bold)
            for part, path in parts if direction == "ltr" else reversed(parts):
                run = Run(part, path, direction)
                self._use(run, style)
                found.append((run, self.get_string_width(part)))
        return found

    def _use(self, run: Run, style: Style) -> None:
        if run.path not in self._named:
            self._named[run.path] = f"font{len(self._named)}"
            face = fonts.face(run.path, self.language.tag)
            self.add_font(self._named[run.path], fname=run.path, collection_font_number=face)
        self.set_font(self._named[run.path], size=style.size)
        may_skip = style.is_quick and run.direction == "ltr" and max(run.text) < JOINED
        self.set_text_shaping(not may_skip, direction=run.direction)

    def draw_runs(self, y: float, x: float, runs: Measured, *, style: Style, height: float) -> None:
        """From there to the right."""
        for run, long in runs:
            self._use(run, style)
            self.set_xy(x, y)
            self.cell(long, height, run.text)
            x += long

    def width(self, text: str, style: Style) -> float:
        if (text, style) not in self._widths:
            self._widths[text, style] = sum(long for _run, long in self.measured(text, style))
        return self._widths[text, style]

    def wrapped(self, text: str, width: float, style: Style) -> list[str]:
        """Lines that fit; a word wider than a line is broken where it must be.

        Pictures that no font here has are left out.
        """
        lines, used = [""], 0.0
        for piece in self._pieces(bidi.resolved(fonts.drawable(text)), width, style):
            if lines[-1] and used + self.width(piece.rstrip(), style) > width:
                lines.append("")
                used = 0.0
            lines[-1] += piece
            used += self.width(piece, style)
        return [*bidi.carried(line.strip() for line in lines)]

    def _pieces(self, text: str, width: float, style: Style) -> Iterator[str]:
        for piece in fonts.pieces(" ".join(text.split())):
            if self.width(piece.rstrip(), style) <= width:
                yield piece
                continue
            for part in re.split("(?<=-)", piece):
                fits = self.width(part.rstrip(), style) <= width
                yield from [part] if fits else fonts.clusters(part)

    def cut(self, line: str, width: float, style: Style) -> str:
        """As much of the line as fits with three dots."""
        while line and self.width(f"{line}…", style) > width:
            line = line[:-1]
        return f"{line.rstrip()}…"
