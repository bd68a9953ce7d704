"""Pages of text and tables as PDF, in every script that has a font here, from right to left too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from signing.core import bidi
from signing.core.locales import Language
from signing.core.typeset import Style, Typeset

MARGIN = 20.0  # millimetres
LEADING = 0.3528 * 1.4  # of a line, in millimetres a point
INK, SOFT, LINE = 20, 90, 190
SMALL = 9.0  # points, in tables and lists
GAP = 4.0  # between the texts of a list, in millimetres


class Pages(Typeset):
    """Text flows from page to page; lines begin at the side where the language's lines do."""

    def __init__(self, language: Language, title: str) -> None:
        super().__init__(language, title=title, paper="a4", margin=MARGIN)
        self.set_draw_color(LINE)
        self.add_page()

    def write_heading(self, text: str, *, size: float = 13) -> None:
        self._need(30)
        self.set_y(self.get_y() + 3)
        self.write_text(text, size=size, is_bold=True)

    def write_text(
        self, text: str, *, size: float = 10, is_bold: bool = False, ink: int = INK
    ) -> None:
        """A paragraph over the whole width."""
        height, style = size * LEADING, Style(size, is_bold)
        for line in self.wrapped(text, self.epw, style):
            self._need(height)
            self.set_text_color(ink)
            y = self.get_y()
            self._line(y, MARGIN, self.epw, line, style)
            self.set_y(y + height)
        self.set_y(self.get_y() + 1.5)

    def write_table(self, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """Rows with a line under each; a cell takes as many lines as it needs."""
        unit, style = self.epw / sum(shares), Style(SMALL)
        height = style.size * LEADING
        for row in rows:
            widths = [share * unit for share in shares]
            cells = [self.wrapped(*one, style) for one in zip(row, widths, strict=True)]
            tall = max(map(len, cells)) * height + 2
            self._need(tall)
            self.set_text_color(INK)
            offset, y = 0.0, self.get_y()
            for lines, width in zip(cells, widths, strict=True):
                x = self.w - MARGIN - offset - width if self.is_rtl else MARGIN + offset
                for number, line in enumerate(lines):
                    self._line(y + 1 + number * height, x, width, line, style)
                offset += width
            self.line(MARGIN, y + tall, self.w - MARGIN, y + tall)
            self.set_y(y + tall)
        self.set_y(self.get_y() + 2)

    def write_list(self, texts: Iterable[str], *, columns: int = 3) -> None:
        """Short texts side by side; a longer one takes the room of several, or lines of its own.

        Each is laid out by itself, whatever the direction of its neighbours.
        """
        step, style, place = self.epw / columns, Style(SMALL, is_quick=True), 0
        height = style.size * LEADING
        self.set_text_color(INK)
        for text in texts:
            runs = self.measured(text, style, bidi.direction(text))
            long = sum(long for _run, long in runs)
            takes = math.ceil((long + GAP) / step)
            if place and place + takes > columns:
                self.set_y(self.get_y() + height)
                place = 0
            if takes > columns:
                self.write_text(bidi.isolated(text, self.language.direction), size=style.size)
                continue
            self._need(height)
            x, y = MARGIN + place * step, self.get_y()
            begin = self.w - x - long if self.is_rtl else x
            self.draw_runs(y, begin, runs, style=style, height=height)
            self.set_y(y)
            place += takes
        self.set_y(self.get_y() + height)

    def _need(self, height: float) -> None:
        if self.get_y() + height > self.h - MARGIN:
            self.add_page()
            self.set_y(MARGIN)

    def _line(self, y: float, x: float, width: float, line: str, style: Style) -> None:
        runs = self.measured(line, style)
        begin = x + width - sum(long for _run, long in runs) if self.is_rtl else x
        self.draw_runs(y, begin, runs, style=style, height=style.size * LEADING)
