"""A file of rows, in whatever encoding and with whatever comma a spreadsheet wrote it. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal

Row = list[str]
Piece = tuple[bytes, int]  # some of the text in UTF-8, and how many lines there are so far

LOOK_BYTES = 64 * 1024  # of the beginning: enough to tell encoding and comma
COMMAS = (",", ";", "\t", "|")
MOST_COLUMNS = 100
MOST_CELL_CHARACTERS = 5000
MOST_ROW_CHARACTERS = 600_000  # as it is written, quotes and all
MOST_ROWS = 2_000_000
PIECE_BYTES = 256 * 1024
ENDS = ' \t\r\n,;|"'  # where a word may end that a comma or a quote is not part of
# A word that holds an "at", wide and small ones too. It gives nothing back and begins where words
# begin, hence it looks at each sign once, whatever somebody sends.
_ADDRESS = re.compile(r'(?<![^\s,;|"])[^\s,;|"@\ufe6b\uff20]*+[@\ufe6b\uff20][^\s,;|"]*+')


class NotATable(Refusal):
    """`row` is where it ceases to be one; 0: it is none from the beginning."""

    status = 422
    message = _l("This file is not a table in text form. Save it as CSV and try again.")

    def __init__(self, row: int = 0) -> None:
        super().__init__(row)
        self.row = row


def read(file: BinaryIO) -> Iterator[Row]:
    """The rows; those without a single letter too, so that numbers agree with a spreadsheet's.

    Reads a little at a time; raises `NotATable`, maybe late.
    """
    return rows_of(piece for piece, _lines in pieces(file, keeps_addresses=True))


def rows_of(pieces_: Iterator[bytes]) -> Iterator[Row]:
    """The rows of what went into `pieces`; raises `NotATable`, which says from which row on."""
    head = b""
    while len(head) < LOOK_BYTES and (piece := next(pieces_, b"")):
        head += piece
    comma = _comma(head[:LOOK_BYTES].decode("utf-8", "ignore"))
    stream = io.BufferedReader(_Stream(chain([head], pieces_)))
    lines = _Lines(io.TextIOWrapper(stream, "utf-8", newline=""))
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=comma), 1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise NotATable(number)
            lines.characters = 0
            yield [cell[:MOST_CELL_CHARACTERS] for cell in row]
    except csv.Error:
        raise NotATable(number + 1) from None


class _Stream(io.RawIOBase):
    """Pieces as a file, one of them at a time in memory."""

    def __init__(self, pieces_: Iterator[bytes]) -> None:
        self._pieces = pieces_
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            found = next(self._pieces, None)
            if found is None:
                return 0
            self._left = found
        n = min(len(buffer), len(self._left))
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n


class _Lines:
    """The lines of a text, until a row has become too long to be one: it is never whole in memory.

    `characters` are those since the last row; whoever gets one sets it back.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(MOST_ROW_CHARACTERS + 1):
            self.characters += len(line)
            if self.characters > MOST_ROW_CHARACTERS:
                raise NotATable
            yield line


def _encoding(head: bytes, file: BinaryIO) -> str:
    """UTF-8 or UTF-16 where it is, else what Windows' spreadsheets write in Europe."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        return _utf_16_unmarked(head)
    return "utf-8" if _is_utf8(file) else "cp1252"


def _utf_16_unmarked(head: bytes) -> str:
    """Latin letters, commas and line ends have their zeros on one side alone."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 10 * min(even, odd) + 1:
        raise NotATable
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(1024 * 1024):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _comma(text: str) -> str:
    """The one that makes most columns, the same number in the most rows."""
    lines = text.splitlines(keepends=True)[:50]
    if len(lines) > 1 and not lines[-1].endswith("\n"):
        lines.pop()

    def fits(comma: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=comma) if row]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(COMMAS, key=fits)


def split(file: BinaryIO, *, keeps_addresses: bool) -> list[Piece]:
    """All of the file in `pieces`; its first rows were looked at, all others a worker will read.

    Raises `NotATable`, for a file without a row too.
    """
    found = [*pieces(file, keeps_addresses=keeps_addresses)]
    rows = rows_of(piece for piece, _lines in found[:1])
    if sum(1 for _row in rows) == 0:
        raise NotATable
    return found


def pieces(file: BinaryIO, *, keeps_addresses: bool) -> Iterator[Piece]:
    """The text in UTF-8, a piece at a time with the number of lines so far; raises `NotATable`.

    It takes a moment where reading the rows would take seconds. Unless addresses may be kept, none
    is in what comes out: whatever column it stood in.
    """
    ends = dict.fromkeys("\n\r", 0)
    for text in _texts(file) if keeps_addresses else _without_addresses(_texts(file)):
        ends = {one: n + text.count(one) for one, n in ends.items()}
        yield text.encode(), max(ends.values()) + (text[-1] not in ends)


def _texts(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    encoding = _encoding(file.read(LOOK_BYTES), file)
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while read := file.read(PIECE_BYTES):
            if text := decoder.decode(read):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text
    except UnicodeDecodeError:
        raise NotATable from None


def _without_addresses(texts: Iterator[str]) -> Iterator[str]:
    """Every word with such a sign goes. What may be half a word waits for the next text."""
    waiting = ""
    for text in texts:
        waiting += text
        end = 1 + max(waiting.rfind(one) for one in ENDS)
        if not end and len(waiting) > MOST_ROW_CHARACTERS:
            raise NotATable
        if end:
            if left := _ADDRESS.sub("", waiting[:end]):
                yield left
            waiting = waiting[end:]
    if left := _ADDRESS.sub("", waiting):
        yield left


def is_blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)
