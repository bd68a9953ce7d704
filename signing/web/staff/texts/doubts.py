"""What visitors may stumble over in a language, said before publishing; none of it forbids that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.writing import Working


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at, and where it can be mended."""

    words: str
    address: str
    locale: str
    value: str = ""  # what visitors read there, in its own direction


def of_text(letter: Letter, working: Working) -> list[Doubt]:
    """For what is being written; the picture's description can be written once it is published."""
    locale, shown = working.locale, working.shown
    found = list(_of_addressee(letter, locale, working.to))
    return found + (list(_of_picture(letter, locale, shown.picture_alt)) if shown else [])


def of_letter(letter: Letter) -> list[Doubt]:
    """For everything that is published."""
    found: list[Doubt] = []
    for text in letters.list_translations(letter.id):
        found += _of_addressee(letter, text.locale, text.to)
        found += _of_picture(letter, text.locale, text.picture_alt)
    return found


def _of_addressee(letter: Letter, locale: str, to: str) -> Iterator[Doubt]:
    if not letter.to or to or locale == letter.default_locale:
        return
    editor = url_for("staff.texts_editor.show", slug=letter.slug, into=locale)
    words = _("Visitors read the addressee as it is in the original:")
    yield Doubt(words, f"{editor}#to", locale, letter.to)


def _of_picture(letter: Letter, locale: str, alt: str) -> Iterator[Doubt]:
    if letter.picture is None or alt:
        return
    address = url_for("staff.phrases.show_language", slug=letter.slug, into=locale)
    words = _("The picture is not described: those who cannot see it learn nothing of it.")
    yield Doubt(words, address, locale)
