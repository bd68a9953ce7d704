"""The characters of a letter's file, or why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from signing.letters.front_matter import Unreadable

FILE_BYTES = 1_000_000


def load_bytes(file: Path, most: int) -> bytes:
    """All of it, if it lies in its folder and is not too large; raises `Unreadable`."""
    if not file.resolve().is_relative_to(file.parent.resolve()):
        raise Unreadable(0, "this link leads out of the folder")
    if not file.is_file():
        raise Unreadable(0, "this is not a file")
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise Unreadable(0, f"this cannot be read: {error.strerror}") from None
    if len(data) > most:
        raise Unreadable(0, f"the file has more than {most:,} bytes")
    return data


def load(file: Path) -> str:
    """All of it, its lines ended by \\n alone; raises `Unreadable`."""
    data = load_bytes(file, FILE_BYTES)
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in data:
        raise Unreadable(
            _line_at(data, data.index(b"\0")), "a NUL character does not belong in text"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(_line_at(data, error.start), "this is not UTF-8") from None


def check_length(text: str, most: int) -> None:
    """Raises `Unreadable` where the text is longer."""
    if len(text) > most:
        raise Unreadable(0, f"the text has more than {most:,} characters")


def no_language(locale: str) -> str:
    """Why a letter cannot be in it, and what can be done."""
    return (
        f"there is no language {locale} here: form and mails are not translated into it. Leave it "
        "out, or have it translated first, see docs/translators.md"
    )


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
