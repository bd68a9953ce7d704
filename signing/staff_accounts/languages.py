"""The languages of the staff area: those with a catalogue `staff`, and the source."""

from __future__ import annotations

from functools import cache

from signing.core.locales import SOURCE, TRANSLATIONS


@cache
def tags() -> tuple[str, ...]:
    folders = {path.parents[1].name for path in TRANSLATIONS.glob("*/LC_MESSAGES/staff.po")}
    return tuple(sorted({SOURCE, *(folder.replace("_", "-").lower() for folder in folders)}))
