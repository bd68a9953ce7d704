"""Sheets of paper to sign, as PDF, in every script that has a font here."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

from signing.core import fonts
from signing.core.typeset import Style, Typeset
from signing.letters import sentences
from signing.letters.paper import NoFont, Paper, Words

FEWEST_ROWS, MOST_ROWS = 8, 15
MARGIN, GAP, QR, TICK = 13.0, 2.0, 26.0, 3.4  # millimetres
ASIDE = 36.0  # what stands under the code is as wide as that
ROW = 9.5  # lower than this nobody can write
FOOT = 17.0
HEADINGS = 9.0
SUMMARY, NEWS, SMALLEST = 9.5, 8.0, 5.5  # points
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


class _Sheet(Typeset):
    """Begins at the side where its language does."""

    def __init__(self, words: Words, paper: Paper) -> None:
        super().__init__(words.language, title=words.title, paper=paper.value, margin=MARGIN)
        self.words = words
        self.add_page()
        self.set_draw_color(LINE)

    def draw(self, rows: int) -> None:
        """Head, consent, as many rows as fit, and the foot."""
        size = self._consent_size()
        consent = self.wrapped(self.words.consent, self.epw, Style(size))
        below = len(consent) * _height(size) + 2 * _height(NEWS) + HEADINGS + 3 * GAP
        bottom = self.h - MARGIN - FOOT
        y = self._draw_head(bottom - below - FEWEST_ROWS * ROW)
        y = self._draw_consent(y + GAP, size)
        room = bottom - y - HEADINGS
        number = max(1, min(rows, int(room // ROW)))
        self._draw_table(y, number, room / number)
        self._draw_foot(bottom + GAP)

    def _draw_head(self, end: float) -> float:
        """Title, addressee and as much of the summary as leaves room for the rows."""
        words, width = self.words, self.epw - ASIDE - 5
        below = self._draw_aside()
        start = self._from_start(0, width)
        y = self._text(start, MARGIN, width, words.title, size=17, most=3, is_bold=True)
        y = self._text(start, y + 1, width, words.to, size=10.5, most=2)
        lines = min(5, int((end - y - 1) / _height(SUMMARY)))
        if lines >= 1:
            short = sentences.fitting(
                words.summary,
                lambda some: len(self.wrapped(some, width, Style(SUMMARY))) <= lines,
            )
            told = short or words.summary
            y = self._text(start, y + 1, width, told, size=SUMMARY, most=lines, ink=SOFT)
        return max(y, below)

    def _from_start(self, offset: float, width: float) -> float:
        """Where something so wide begins on the paper, so far from where lines begin."""
        if self.is_rtl:
            return self.w - MARGIN - offset - width
        return MARGIN + offset

    def _draw_aside(self) -> float:
        """The code for telephones, and the address for whoever has none."""
        picture = io.BytesIO()
        segno.make_qr(self.words.url, error="m").save(picture, kind="png", scale=8, border=0)
        self.image(picture, self._from_start(self.epw - QR, QR), MARGIN, QR, QR)
        x, y = self._from_start(self.epw - ASIDE, ASIDE), MARGIN + QR + 1
        y = self._text(x, y, ASIDE, self.words.call, size=8, most=2, is_end=True, is_bold=True)
        return self._text(x, y, ASIDE, self.words.address, size=7, most=5, is_end=True)

    def _consent_size(self) -> float:
        """As large as six lines allow, and never too small to read."""
        size = 8.5
        while size > 6.5 and len(self.wrapped(self.words.consent, self.epw, Style(size))) > 6:
            size -= 0.5
        return size

    def _draw_consent(self, y: float, size: float) -> float:
        y = self._text(MARGIN, y, self.epw, self.words.consent, size=size)
        return self._text(MARGIN, y + 0.6, self.epw, self.words.news, size=NEWS, most=2) + GAP

    def _columns(self) -> list[_Column]:
        words = self.words
        between = [_Column(label, 2.2) for label in words.columns]
        return [
            _Column("", 0.6),
            _Column(words.name, 4.2),
            *between,
            _Column(words.email, 4.0),
            _Column(words.news_column, 1.9, has_tick=True),
            _Column(words.signature, 3.4),
        ]

    def _draw_table(self, y: float, rows: int, height: float) -> None:
        columns = self._columns()
        unit = self.epw / sum(column.share for column in columns)
        offset, top = 0.0, y + HEADINGS
        for column in columns:
            width = column.share * unit
            x = self._from_start(offset, width)
            self._draw_heading(x + 1, y, width - 2, column.label)
            for row in range(rows):
                begin = top + row * height
                self.rect(x, begin, width, height)
                if column.has_tick:
                    self.rect(x + (width - TICK) / 2, begin + (height - TICK) / 2, TICK, TICK)
                elif not column.label:
                    middle = begin + height / 2 - 1.6
                    self._text(x + 1, middle, width - 2, str(row + 1), size=7.5, ink=SOFT)
            offset += width

    def _draw_heading(self, x: float, y: float, width: float, label: str) -> None:
        """In one line or two, and in print so small that no word need be broken."""
        size = 8.0
        while size > SMALLEST and any(
            self.width(word, Style(size, is_bold=True)) > width for word in label.split()
        ):
            size -= 0.5
        lines = self.wrapped(label, width, Style(size, is_bold=True))
        end = y + HEADINGS - 1.5 - min(2, len(lines)) * _height(size)
        self._text(x, end, width, label, size=size, most=2, is_bold=True)

    def _draw_foot(self, y: float) -> None:
        words, half = self.words, self.epw / 2 - 2
        first, second = self._from_start(0, half), self._from_start(half + 4, half)
        down = self._text(first, y, half, words.send_to, size=8, most=2, is_bold=True)
        down = self._text(first, down, half, words.contact, size=7.5, most=1)
        self._text(first, down, half, words.privacy_url, size=6.5, most=3, ink=SOFT)
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
        style = Style(size, is_bold)
        lines = self.wrapped(text, width, style)
        if len(lines) > most:
            lines = [*lines[: most - 1], self.cut(lines[most - 1], width, style)]
        self.set_text_color(ink)
        for line in lines:
            spare = width - self.width(line, style) if is_end != self.is_rtl else 0
            runs, begin = self.measured(line, style), x + spare
            self.draw_runs(y, begin, runs, style=style, height=_height(size))
            y += _height(size)
        return y
