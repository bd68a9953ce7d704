"""Translations as gettext's PO files: paragraphs as messages, their places as contexts."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from signing.core import clock
from signing.letters.exchange import Brought, FileUnusable, Unit

MOST_PLURALS = 6  # as many as Arabic has; we read none of them


class Foreign(Catalog):
    """What somebody brings: its header may not say how much memory each plural takes."""

    @property
    def num_plurals(self) -> int:
        return min(super().num_plurals, MOST_PLURALS)


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
        PoFileParser(catalog, abort_invalid=True).parse(BytesIO(content))
        locale = catalog.locale
    except (PoFileError, UnknownLocaleError, ValueError, LookupError, AttributeError) as error:
        raise FileUnusable(f"PO: {type(error).__name__}") from None
    units = [
        Unit(message.context or "", message.id, message.string, message.fuzzy)
        for message in catalog
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
    ]
    return Brought(str(locale).replace("_", "-").lower() if locale else "", tuple(units))
