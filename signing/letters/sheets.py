"""Sheets of paper to sign, as PDF, in every script that has a font here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from fpdf import FPDF

from signing.core import fonts
from signing.core.locales import Direction
from signing.letters.paper import NoFont, Paper, Words

FEWEST_ROWS, MOST_ROWS = 8, 15
MARGIN, GAP, QR = 13.0, 2.0, 26.0  # millimetres
ROW = 9.5  # lower than this nobody can write
FOOT = 17.0
HEADINGS = 7.0
SUMMARY, NEWS = 9.5, 8.0  # points
INK, SOFT, LINE = 20, 90, 130


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    share: float  # of the width
    has_tick: bool = False


def _height(size: float) -> float:
    """Of a line, in millimetres, by the size of its letters in points."""
    return size * 0.3528 * 1.32


def check(words: Words) -> None:
    """Raises `NoFont` where a letter would be missing."""
    if not fonts.can_write(words.all):
        raise NoFont


def pdf(words: Words, *, paper: Paper, rows: int) -> bytes:
    """One page, to be copied: as many rows as wanted, or as many as there is room for.

    Long texts are cut, never the consent. What `check` lets through can be drawn.
    """
    sheet = _Sheet(words, paper)
    sheet.draw(max(FEWEST_ROWS, min(rows, MOST_ROWS)))
    return bytes(sheet.output())


@dataclass(frozen=True, slots=True)
class _Style:
    size: float  # in points
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """What one font writes in one direction."""

    text: str
    path: str
    direction: Direction


class _Sheet(FPDF):
    """Begins at the side where its language does."""

    def __init__(self, words: Words, paper: Paper) -> None:
        super().__init__(format=paper.value)
        self._taken: dict[str, str] = {}  # fonts by path, as this file names them
        self._widths: dict[tuple[str, _Style], float] = {}
        self.words = words
        self.is_rtl = words.language.direction == "rtl"
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.set_title(words.title)
        self.set_lang(words.language.tag)
        self.add_page()
        self.set_draw_color(LINE)
        self.c_margin = 0

    def draw(self, rows: int) -> None:
        """Head, consent, as many rows as fit, and the foot."""
        size = self._consent_size()
        consent = self._wrapped(self.words.consent, self.epw, _Style(size))
        below = len(consent) * _height(size) + 2 * _height(NEWS) + HEADINGS + 3 * GAP
        bottom = self.h - MARGIN - FOOT
        y = self._draw_head(bottom - below - FEWEST_ROWS * ROW)
        y = self._draw_consent(max(y, MARGIN + QR + 9) + GAP, size)
        room = bottom - y - HEADINGS
        number = max(1, min(rows, int(room // ROW)))
        self._draw_table(y, number, room / number)
        self._draw_foot(bottom + GAP)

    def _draw_head(self, end: float) -> float:
        """Title, addressee and as much of the summary as leaves room for the rows."""
        words, width = self.words, self.epw - QR - 8
        self._draw_qr()
        start = self._from_start(0, width)
        y = self._text(start, MARGIN, width, words.title, size=17, most=3, is_bold=True)
        y = self._text(start, y + 1, width, words.to, size=10.5, most=2)
        lines = min(5, int((end - y - 1) / _height(SUMMARY)))
        if lines < 1:
            return y
        return self._text(start, y + 1, width, words.summary, size=SUMMARY, most=lines, ink=SOFT)

    def _from_start(self, offset: float, width: float) -> float:
        """Where something so wide begins on the paper, so far from where lines begin."""
        if self.is_rtl:
            return self.w - MARGIN - offset - width
        return MARGIN + offset

    def _draw_qr(self) -> None:
        picture = io.BytesIO()
        segno.make_qr(self.words.url, error="m").save(picture, kind="png", scale=8, border=0)
        x = self._from_start(self.epw - QR, QR)
        self.image(picture, x, MARGIN, QR, QR)
        end = self._from_start(self.epw - 60, 60)
        y = MARGIN + QR + 1
        y = self._text(end, y, 60, self.words.call, size=8, most=1, is_end=True, is_bold=True)
        self._text(end, y, 60, self.words.url, size=6.5, most=1, is_end=True)

    def _consent_size(self) -> float:
        """As large as six lines allow, and never too small to read."""
        size = 8.5
        while size > 6.5 and len(self._wrapped(self.words.consent, self.epw, _Style(size))) > 6:
            size -= 0.5
        return size

    def _draw_consent(self, y: float, size: float) -> float:
        y = self._text(MARGIN, y, self.epw, self.words.consent, size=size)
        tick = 2.6
        self.rect(self._from_start(0, tick), y + 1.2, tick, tick)
        width = self.epw - tick - 2
        x = self._from_start(tick + 2, width)
        return self._text(x, y + 0.6, width, self.words.news, size=NEWS, most=2) + GAP

    def _columns(self) -> list[_Column]:
        words = self.words
        between = [_Column(label, 2.2) for label in words.columns]
        return [
            _Column("", 0.6),
            _Column(words.name, 4.2),
            *between,
            _Column(words.email, 4.4, has_tick=True),
            _Column(words.signature, 3.4),
        ]

    def _draw_table(self, y: float, rows: int, height: float) -> None:
        columns = self._columns()
        unit = self.epw / sum(column.share for column in columns)
        offset, top = 0.0, y + HEADINGS
        for column in columns:
            width = column.share * unit
            x = self._from_start(offset, width)
            self._text(x + 1, y + 1, width - 2, column.label, size=8, most=1, is_bold=True)
            for row in range(rows):
                self.rect(x, top + row * height, width, height)
                if column.has_tick:
                    side = self._from_start(offset + 1.2, 2.6)
                    self.rect(side, top + row * height + height / 2 - 1.3, 2.6, 2.6)
                elif not column.label:
                    middle = top + row * height + height / 2 - 1.6
                    self._text(x + 1, middle, width - 2, str(row + 1), size=7.5, ink=SOFT)
            offset += width

    def _draw_foot(self, y: float) -> None:
        words, half = self.words, self.epw / 2 - 2
        first, second = self._from_start(0, half), self._from_start(half + 4, half)
        down = self._text(first, y, half, words.send_to, size=8, most=2, is_bold=True)
        down = self._text(first, down, half, words.contact, size=7.5, most=1)
        self._text(first, down, half, words.privacy_url, size=6.5, most=1, ink=SOFT)
        for label in (words.collected_by, words.sheet):
            self._text(second, y, half, label, size=8, most=1)
            line = self._from_start(half + 34, half - 30)
            self.line(line, y + 4, line + half - 30, y + 4)
            y += 6
        self._text(second, y - 1, half, words.code, size=6.5, most=1, is_end=True, ink=SOFT)

    def _text(
        self, x: float, y: float, width: float, text: str, *, size: float, most: int = 99,
        is_bold: bool = False, is_end: bool = False, ink: int = INK,
    ) -> float:  # fmt: skip
        """The text from there down, cut after `most` lines; returns where it ends."""
        style = _Style(size, is_bold)
        lines = self._wrapped(text, width, style)
        if len(lines) > most:
            lines = [*lines[: most - 1], self._cut(lines[most - 1], width, style)]
        height = _height(size)
        self.set_text_color(ink)
        for line in lines:
            self._line(x, y, width, line, style, is_end=is_end)
            y += height
        return y

    def _line(
        self, x: float, y: float, width: float, line: str, style: _Style, *, is_end: bool
    ) -> None:
        """Each run after the other from the side where the line begins."""
        spare = width - self._width(line, style) if is_end else 0
        at = x + width - spare if self.is_rtl else x + spare
        for run in self._runs(line, style):
            self._use(run, style)
            long = self.get_string_width(run.text)
            at -= long if self.is_rtl else 0
            self.set_xy(at, y)
            self.cell(long, _height(style.size), run.text)
            at += 0 if self.is_rtl else long

    def _runs(self, line: str, style: _Style) -> list[_Run]:
        runs: list[_Run] = []
        for text, direction in fonts.stretches(line, self.words.language.direction):
            parts = fonts.by_font(text, is_bold=style.is_bold)
            if direction != self.words.language.direction:
                parts.reverse()  # within the line they are read the other way
            runs += [_Run(part, path, direction) for part, path in parts]
        return runs

    def _use(self, run: _Run, style: _Style) -> None:
        face = fonts.face(run.path, self.words.language.tag)
        if run.path not in self._taken:
            self._taken[run.path] = f"font{len(self._taken)}"
            self.add_font(self._taken[run.path], fname=run.path, collection_font_number=face)
        self.set_font(self._taken[run.path], size=style.size)
        self.set_text_shaping(direction=run.direction)

    def _width(self, text: str, style: _Style) -> float:
        if (text, style) not in self._widths:
            total = 0.0
            for run in self._runs(text, style):
                self._use(run, style)
                total += self.get_string_width(run.text)
            self._widths[text, style] = total
        return self._widths[text, style]

    def _cut(self, line: str, width: float, style: _Style) -> str:
        while line and self._width(f"{line}…", style) > width:
            line = line[:-1]
        return f"{line.rstrip()}…"

    def _wrapped(self, text: str, width: float, style: _Style) -> list[str]:
        """Lines that fit; a word wider than a line is broken where it must be."""
        lines, used = [""], 0.0
        for piece in self._parts(fonts.drawable(text), width, style):
            long = self._width(piece, style)
            if lines[-1] and used + self._width(piece.rstrip(), style) > width:
                lines.append("")
                used = 0.0
            lines[-1] += piece
            used += long
        return [line.strip() for line in lines]

    def _parts(self, text: str, width: float, style: _Style) -> Iterator[str]:
        for piece in fonts.pieces(" ".join(text.split())):
            if self._width(piece.rstrip(), style) > width:
                yield from piece
            else:
                yield piece
