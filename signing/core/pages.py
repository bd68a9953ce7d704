"""Pages of text and tables as PDF, in every script that has a font here, from right to left too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from signing.core import fonts
from signing.core.locales import Direction, Language

MARGIN = 20.0  # millimetres
LEADING = 0.3528 * 1.4  # of a line, in millimetres a point
INK, SOFT, LINE = 20, 90, 190
GAP = 4.0  # between the texts of a list, in millimetres
PLAIN = 9.0  # points: in print so small no kerning is missed, and 10,000 names are done in time
JOINED = "\u0250"  # before it stand Latin letters that need no shaping: one sign, one shape


@dataclass(frozen=True, slots=True)
class _Run:
    """What one font writes in one direction."""

    text: str
    path: str
    direction: Direction


class Pages(FPDF):
    """Text flows from page to page; lines begin at the side where the language's lines do."""

    def __init__(self, language: Language, title: str) -> None:
        super().__init__(format="a4")
        self.language = language
        self.is_rtl = language.direction == "rtl"
        self._named: dict[str, str] = {}  # fonts by path, as this file names them
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.set_title(title)
        self.set_lang(language.tag)
        self.set_draw_color(LINE)
        self.c_margin = 0
        self.add_page()

    def write_heading(self, text: str, *, size: float = 13) -> None:
        self._need(30)
        self.set_y(self.get_y() + 3)
        self.write_text(text, size=size, is_bold=True)

    def write_text(
        self, text: str, *, size: float = 10, is_bold: bool = False, ink: int = INK
    ) -> None:
        """A paragraph over the whole width."""
        height = size * LEADING
        for line in self._wrapped(text, self.epw, size, is_bold=is_bold):
            self._need(height)
            self.set_text_color(ink)
            self._line(self.get_y(), MARGIN, self.epw, line, size, is_bold=is_bold)
            self.set_y(self.get_y() + height)
        self.set_y(self.get_y() + 1.5)

    def write_table(self, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """Rows with a line under each; a cell takes as many lines as it needs."""
        unit, size = self.epw / sum(shares), 9.0
        height = size * LEADING
        for row in rows:
            widths = [share * unit for share in shares]
            cells = [self._wrapped(*one, size) for one in zip(row, widths, strict=True)]
            tall = max(map(len, cells)) * height + 2
            self._need(tall)
            self.set_text_color(INK)
            offset, y = 0.0, self.get_y()
            for lines, width in zip(cells, widths, strict=True):
                x = self.w - MARGIN - offset - width if self.is_rtl else MARGIN + offset
                for number, line in enumerate(lines):
                    self._line(y + 1 + number * height, x, width, line, size)
                offset += width
            self.line(MARGIN, y + tall, self.w - MARGIN, y + tall)
            self.set_y(y + tall)
        self.set_y(self.get_y() + 2)

    def write_list(self, texts: Iterable[str], *, columns: int = 3, size: float = 9.0) -> None:
        """Short texts side by side; a longer one takes the room of several, or lines of its own.

        Each is laid out by itself, whatever the direction of its neighbours.
        """
        step, height, place = self.epw / columns, size * LEADING, 0
        self.set_text_color(INK)
        for text in texts:
            runs = self._measured(text, size, base=fonts.direction(text))
            takes = math.ceil((sum(long for _run, long in runs) + GAP) / step)
            if place and place + takes > columns:
                self.set_y(self.get_y() + height)
                place = 0
            if takes > columns:
                self.write_text(text, size=size)
                continue
            self._need(height)
            x = MARGIN + place * step
            self._draw(self.get_y(), self.w - x if self.is_rtl else x, runs, size)
            place += takes
        self.set_y(self.get_y() + height)

    def _need(self, height: float) -> None:
        if self.get_y() + height > self.h - MARGIN:
            self.add_page()
            self.set_y(MARGIN)

    def _line(
        self, y: float, x: float, width: float, line: str, size: float, *, is_bold: bool = False
    ) -> None:
        self._draw(
            y, x + width if self.is_rtl else x, self._measured(line, size, is_bold=is_bold), size
        )

    def _draw(self, y: float, at: float, runs: list[tuple[_Run, float]], size: float) -> None:
        """From the side on where the line begins."""
        for run, long in runs:
            self._use(run, size)
            at -= long if self.is_rtl else 0
            self.set_xy(at, y)
            self.cell(long, size * LEADING, run.text)
            at += 0 if self.is_rtl else long
        self.set_y(y)

    def _runs(self, line: str, *, is_bold: bool, base: Direction) -> list[_Run]:
        """In the order in which they are drawn from the side on where the page's lines begin."""
        runs: list[_Run] = []
        for text, direction in fonts.stretches(line, base):
            parts = fonts.by_font(text, is_bold=is_bold)
            if direction != base:
                parts.reverse()  # within the line they are read the other way
            runs += [_Run(part, path, direction) for part, path in parts]
        return runs if base == self.language.direction else runs[::-1]

    def _use(self, run: _Run, size: float) -> None:
        if run.path not in self._named:
            self._named[run.path] = f"font{len(self._named)}"
            face = fonts.face(run.path, self.language.tag)
            self.add_font(self._named[run.path], fname=run.path, collection_font_number=face)
        self.set_font(self._named[run.path], size=size)
        self.set_text_shaping(size > PLAIN or max(run.text) >= JOINED, direction=run.direction)

    def _width(self, text: str, size: float, *, is_bold: bool) -> float:
        return sum(long for _run, long in self._measured(text, size, is_bold=is_bold))

    def _measured(
        self, text: str, size: float, *, is_bold: bool = False, base: Direction | None = None
    ) -> list[tuple[_Run, float]]:
        measured = []
        for run in self._runs(text, is_bold=is_bold, base=base or self.language.direction):
            self._use(run, size)
            measured.append((run, self.get_string_width(run.text)))
        return measured

    def _wrapped(self, text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
        """Lines that fit; a word wider than a line is broken where it must be."""
        lines = [""]
        for piece in self._pieces(text, width, size, is_bold=is_bold):
            if self._width((lines[-1] + piece).rstrip(), size, is_bold=is_bold) <= width:
                lines[-1] += piece
            else:
                lines.append(piece)
        return [line.strip() for line in lines]

    def _pieces(self, text: str, width: float, size: float, *, is_bold: bool) -> list[str]:
        found: list[str] = []
        for piece in fonts.pieces(" ".join(text.split())):
            fits = self._width(piece.rstrip(), size, is_bold=is_bold) <= width
            found += [piece] if fits else list(piece)
        return found
