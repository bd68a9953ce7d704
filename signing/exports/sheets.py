"""Rows as files: CSV in which no spreadsheet sees formulas, JSON Lines, XLSX of any length."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from signing.core.cells import GUARDED_STARTS, INNER_SEPARATORS, safe
from signing.core.later import later

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet
else:
    xlsxwriter = later("xlsxwriter")

MARK = "\ufeff"  # by which old spreadsheets see that CSV is in UTF-8
MOST_ROWS = 1_048_576  # of one sheet: Excel's and LibreOffice's end
PIECE_BYTES = 1 << 18
PATIENCE = 0.2  # seconds
Rows = Sequence[Sequence[str]]


class Sheet(Protocol):
    """A file in the making: `add` returns what is ready to leave, `end` the rest."""

    def add(self, rows: Rows) -> bytes: ...

    def end(self) -> Iterator[bytes]: ...


class Csv:
    """RFC 4180 in UTF-8, beginning with the header."""

    def __init__(self, header: Sequence[str], *, has_mark: bool = False) -> None:
        self._begin = (MARK if has_mark else "") + _lines([header])

    def add(self, rows: Rows) -> bytes:
        begin, self._begin = self._begin, ""
        return (begin + _lines(map(_safe, rows))).encode()

    def end(self) -> Iterator[bytes]:
        if self._begin:
            yield self.add([])


class JsonLines:
    """One object a line, with the columns' names; cells are as they are."""

    def __init__(self, header: Sequence[str]) -> None:
        self._heads = [f"{json.dumps(name)}: " for name in header]
        self._write = json.encoder.encode_basestring  # what the encoder does with text

    def add(self, rows: Rows) -> bytes:
        write, heads = self._write, self._heads
        lines = [
            ", ".join([head + write(cell) for head, cell in zip(heads, row, strict=True)])
            for row in rows
        ]
        return "".join([f"{{{line}}}\n" for line in lines]).encode()

    def end(self) -> Iterator[bytes]:
        return iter(())


class Xlsx:
    """A workbook whose cells are all text; it is written into a folder, since a zip has no middle.

    Memory does not grow with its rows. What is too long for one sheet goes on in the next.
    """

    def __init__(self, header: Sequence[str], folder: Path) -> None:
        self._header = header
        self._path = folder / "sheet.xlsx"
        plain = {"strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(
            str(self._path), plain | {"constant_memory": True, "tmpdir": str(folder)}
        )
        self._bold = self._book.add_format({"bold": True})
        self._sheet = self._begin()

    def _begin(self) -> Worksheet:
        sheet: Worksheet = self._book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(self._header) - 1, 22)
        for place, name in enumerate(self._header):
            sheet.write_string(0, place, name, self._bold)
        self._row = 1
        return sheet

    def add(self, rows: Rows) -> bytes:
        for row in rows:
            if self._row == MOST_ROWS:
                self._sheet = self._begin()
            write, number = self._sheet.write_string, self._row
            for place, cell in enumerate(row):
                if cell:
                    write(number, place, cell)
            self._row += 1
        return b""

    def end(self) -> Iterator[bytes]:
        """Nothing for a while where there is much to pack, so that others have their turn."""
        closing = Thread(target=self._book.close)
        closing.start()
        while closing.is_alive():
            yield b""
            closing.join(PATIENCE)
        yield from pieces(self._path)


def pieces(path: Path) -> Iterator[bytes]:
    """The file, a piece at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """RFC 4180 lines in UTF-8 text, one a row, beginning with the header."""
    yield _lines([header])
    for row in rows:
        yield _lines([[safe(cell) for cell in row]])


def _safe(row: Sequence[str]) -> Sequence[str]:
    """Most rows stay the very same: a look at all first signs is quicker than at each."""
    whole = "".join(row)
    is_whole = not any(separator in whole for separator in INNER_SEPARATORS)
    is_plain = is_whole and GUARDED_STARTS.isdisjoint([cell[:1] for cell in row])
    return row if is_plain else [*map(safe, row)]


def _lines(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
