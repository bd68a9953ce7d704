"""Translations as gettext's PO files: paragraphs as messages, their places as contexts."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from signing.core import clock
from signing.letters.exchange import Brought, FileUnusable, NotUtf8, Unit

MOST_PLURALS = 6  # as many as Arabic has; we read none of them
UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}  # as headers name it, and what is a part of it


class Foreign(Catalog):
    """What somebody brings: its header may not say how much memory each plural takes, and there is
    one: whatever reads it, reads it once.
    """

    has_header = False

    @property
    def num_plurals(self) -> int:
        return min(super().num_plurals, MOST_PLURALS)

    def __setitem__(self, id: Any, message: Message) -> None:  # noqa: A002  # Babel's name
        if id == "" and self.has_header:
            raise PoFileError("a second header", self, "", 0)
        self.has_header = self.has_header or id == ""
        super().__setitem__(id, message)


def write(locale: Locale, source: Locale, letter: str, units: Iterable[Unit]) -> bytes:
    """What is fuzzy was made from words that the original no longer has (`#|` has them)."""
    at = clock.now()
    catalog = Catalog(
        locale=locale,
        project=letter,
        version="1",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        fuzzy=False,
        creation_date=at,
        revision_date=at,
    )
    catalog.header_comment = f"# {letter}: {source} → {locale}"
    for unit in units:
        message = Message(
            unit.source,
            unit.text,
            context=unit.id,
            previous_id=unit.before or (),
            flags={"fuzzy"} if unit.is_open else (),
        )
        message.flags.difference_update({"python-format", "python-brace-format"})
        catalog[unit.source] = message
    stream = BytesIO()
    write_po(stream, catalog, width=0, include_previous=True)
    return stream.getvalue()


def read(content: bytes) -> Brought:
    """Raises `FileUnusable`."""
    try:
        catalog = Foreign()
        PoFileParser(catalog, abort_invalid=True).parse(_lines(content))
        locale = catalog.locale
    except (PoFileError, UnknownLocaleError, ValueError, LookupError, AttributeError) as error:
        raise FileUnusable(f"PO: {type(error).__name__}") from None
    if catalog.charset not in UTF8:
        raise NotUtf8("PO", str(catalog.charset))
    units = [
        Unit(message.context or "", message.id, message.string, message.fuzzy)
        for message in catalog
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
    ]
    return Brought(str(locale).replace("_", "-").lower() if locale else "", tuple(units))


def _lines(content: bytes) -> list[str]:
    """In UTF-8, whatever the header says: Babel would decode each line by any codec that it names,
    and some take hours. Without comments, all but flags: those of messages that come again would
    be compared each with each.
    """
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise NotUtf8("PO") from None
    return [line for line in lines if not _is_comment(line.lstrip())]


def _is_comment(line: str) -> bool:
    return line.startswith("#") and not line.startswith("#,")
