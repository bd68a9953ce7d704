"""One export on its way out: rows are read, noted, written into the file, a batch at a time."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from signing.core import clock
from signing.exports import noting
from signing.exports.choice import Choice, Format
from signing.exports.encryption import Encrypted, Key
from signing.exports.rows import Reader
from signing.exports.sheets import Csv, JsonLines, Sheet, Xlsx

FOLDER = "export-"  # how our folders begin, so that those of dead processes are found
LEFT_ALONE = timedelta(hours=1)
Together = Callable[..., AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be carried out: plain values, held for longer than a session."""

    letter_id: UUID
    export_id: UUID
    choice: Choice
    key: Key | None
    number: int  # how many are expected
    at: datetime  # when it was asked for
    until: datetime  # who confirms later is not in it


class Carrier:
    """Makes the file of one export; afterwards it knows how many rows, bytes and which digest."""

    def __init__(self, begun: Begun, sheet: Sheet) -> None:
        self.begun = begun
        self.carried = self.size = 0
        self._sheet = sheet
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what has left so far."""
        return self._hash.digest()

    def pieces(self, together: Together) -> Iterator[bytes]:
        """The file, piece by piece, some of them empty. `together` is the door's `transaction`.

        Whom a piece carries is durably noted before it is there to be handed out.
        """
        begun = self.begun
        reader = Reader(begun.choice, begun.export_id, until=begun.until)
        while True:
            with together(of_one_moment=True):
                after = reader.after
                found = reader.read()
                if found is None:
                    break
                noting.note(reader, after, [id_ for id_, _row in found])
            self.carried += len(found)
            yield self._leaving(self._sheet.add([row for _id, row in found]))
        for piece in self._sheet.end():
            yield self._leaving(piece)

    def _leaving(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self._hash.update(piece)
        return piece


@contextmanager
def begin(begun: Begun, data: Path) -> Iterator[Carrier]:
    """A carrier; what it needs on the disk, below `data` and for us alone, is gone afterwards."""
    choice, key = begun.choice, begun.key
    with ExitStack() as stack:
        folder = data
        if choice.format is Format.XLSX or key:
            data.mkdir(parents=True, exist_ok=True)
            folder = Path(stack.enter_context(TemporaryDirectory(prefix=FOLDER, dir=data)))
        sheet = _sheet(choice, folder)
        if key:
            encrypted = Encrypted(sheet, key, folder)
            stack.callback(encrypted.drop)
            sheet = encrypted
        yield Carrier(begun, sheet)


def _sheet(choice: Choice, folder: Path) -> Sheet:
    match choice.format:
        case Format.CSV:
            return Csv(choice.columns, has_mark=choice.has_mark)
        case Format.JSONL:
            return JsonLines(choice.columns)
        case Format.XLSX:
            return Xlsx(choice.columns, folder)


def sweep(data: Path) -> int:
    """Folders of processes that died are gone afterwards; returns how many there were."""
    old = (clock.now() - LEFT_ALONE).timestamp()
    dead = [one for one in data.glob(f"{FOLDER}*") if one.is_dir() and _touched(one) < old]
    for one in dead:
        shutil.rmtree(one, ignore_errors=True)
    return len(dead)


def _touched(folder: Path) -> float:
    return max(one.stat().st_mtime for one in (folder, *folder.iterdir()))
