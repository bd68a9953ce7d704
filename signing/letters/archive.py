"""A letter's folder of Markdown files as one ZIP: packed, and unpacked without trusting it."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from signing.letters import folder_reader, folder_writer
from signing.letters.exchange import MOST_BYTES, FileUnusable
from signing.letters.files import FILE_BYTES
from signing.letters.folder import NO_PHRASES, Folder, Text

MOST_FILES = 200


def pack(
    default: Text,
    translations: Collection[Text],
    settings: Mapping[str, object],
    phrases: Mapping[str, Mapping[str, str]] = NO_PHRASES,
    picture: bytes = b"",
) -> bytes:
    """The folder that `folder_writer.write` writes of the same, in one file."""
    stream = io.BytesIO()
    with TemporaryDirectory(prefix="signing-") as name:
        folder_writer.write(Path(name), default, translations, settings, phrases, picture)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in sorted(Path(name).iterdir()):
                packed.write(file, file.name)
    return stream.getvalue()


def unpack(content: bytes, *, known_locales: Collection[str], default_locale: str) -> Folder:
    """The letter in the archive; raises `FileUnusable` or `FolderBroken`.

    Only Markdown files count, at the top or in one folder. They are read a measured piece at a
    time, and written under names that hold no path.
    """
    with TemporaryDirectory(prefix="signing-") as name:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                _unpack(packed, Path(name))
        except (
            zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError,
            NotImplementedError, EOFError, OSError, ValueError,
        ):  # fmt: skip
            raise FileUnusable("ZIP?") from None
        return folder_reader.read(
            Path(name), known_locales=known_locales, default_locale=default_locale
        )


def _unpack(packed: zipfile.ZipFile, into: Path) -> None:
    wanted = [one for one in packed.infolist() if one.filename.lower().endswith(".md")]
    if not wanted or len(wanted) > MOST_FILES:
        raise FileUnusable(f"ZIP: {len(wanted)} × .md")
    left = MOST_BYTES
    for info in wanted:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or len(path.parts) > 2:
            raise FileUnusable(f"ZIP: {path.name}")
        target = into / path.name
        if target.exists():
            raise FileUnusable(f"ZIP: 2 × {path.name}")
        with packed.open(info) as stream:
            piece = stream.read(min(left, FILE_BYTES) + 1)
        left -= len(piece)
        if left < 0 or len(piece) > FILE_BYTES:
            raise FileUnusable(f"ZIP: {path.name} > {FILE_BYTES}")
        target.write_bytes(piece)
