"""A file of rows, in whatever encoding and with whatever comma a spreadsheet wrote it. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal

Row = list[str]
Piece = tuple[bytes, int]  # some rows as CSV, and how many there are so far

LOOK_BYTES = 64 * 1024  # of the beginning: enough to tell encoding and comma
COMMAS = (",", ";", "\t", "|")
MOST_COLUMNS = 100
MOST_CELL_CHARACTERS = 5000
MOST_ROW_CHARACTERS = 600_000  # as it is written, quotes and all
MOST_ROWS = 2_000_000
PIECE_CHARACTERS = 256 * 1024
_WORD = re.compile(r"\S+")
_SIGNS = "@\ufe6b\uff20"  # wide and small ones too


class NotATable(Refusal):
    status = 422
    message = _l("This file is not a table in text form. Save it as CSV and try again.")


def read(file: BinaryIO) -> Iterator[Row]:
    """The rows; those without a single letter too, so that numbers agree with a spreadsheet's.

    Reads a little at a time; raises `NotATable`, maybe late.
    """
    file.seek(0)
    head = file.read(LOOK_BYTES)
    encoding = _encoding(head, file)
    comma = _comma(head.decode(encoding, "ignore"))
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    lines = _Lines(text)
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=comma), 1):
            if number > MOST_ROWS:
                raise NotATable
            lines.characters = 0
            yield _checked(row)
    except (UnicodeDecodeError, csv.Error):
        raise NotATable from None
    finally:
        text.detach()


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


def _checked(row: Row) -> Row:
    if len(row) > MOST_COLUMNS:
        raise NotATable
    return [cell[:MOST_CELL_CHARACTERS] for cell in row]


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
    """All of the file in `pieces`: reading it takes seconds, so no transaction waits meanwhile.

    Raises `NotATable`, for a file without a row too.
    """
    found = [*pieces(read(file), keeps_addresses=keeps_addresses)]
    if not found:
        raise NotATable
    return found


def pieces(rows: Iterator[Row], *, keeps_addresses: bool) -> Iterator[Piece]:
    """The rows as plain CSV in UTF-8, a piece at a time with the number of rows so far.

    Unless addresses may be kept, none is in what comes out: whatever column it stood in.
    """
    buffer, number = io.StringIO(), 0
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow(row if keeps_addresses else [_without_addresses(cell) for cell in row])
        number += 1
        if buffer.tell() >= PIECE_CHARACTERS:
            yield buffer.getvalue().encode(), number
            buffer.seek(0)
            buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode(), number


def _without_addresses(cell: str) -> str:
    """Word by word: a pattern for the whole would go back and forth in a cell without spaces."""
    if not any(sign in cell for sign in _SIGNS):
        return cell
    return _WORD.sub(lambda word: "" if any(sign in word[0] for sign in _SIGNS) else word[0], cell)


def rows_of(pieces_: Iterator[bytes]) -> Iterator[Row]:
    """What went into `pieces`."""
    return csv.reader(_lines(pieces_))


def _lines(pieces_: Iterator[bytes]) -> Iterator[str]:
    for piece in pieces_:
        yield from io.StringIO(piece.decode(), newline="")


def is_blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)
