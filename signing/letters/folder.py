"""A letter as a folder of Markdown, one file a language: what it holds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal
from signing.letters.pictures import Brought

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
NO_PHRASES: Mapping[str, Mapping[str, str]] = MappingProxyType({})

# What is said beside the letter, by the file it lies in.
SMALL_FILES = {"privacy": "privacy", "thanks": "thanks", "delivery_note": "delivery"}
PICTURES = ("picture.jpg", "picture.jpeg", "picture.png", "picture.webp")


class FolderBroken(Refusal):
    """Nothing of the folder is taken. `line` is 0 where the file as a whole is meant."""

    status = 422
    message = _l("This folder cannot be read as a letter.")

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(file, line, why)
        self.file = file
        self.line = line
        self.why = why

    def __str__(self) -> str:
        return (
            f"{self.file}, line {self.line}: {self.why}"
            if self.line
            else f"{self.file}: {self.why}"
        )


@dataclass(frozen=True, slots=True)
class Text:
    """The letter in one language."""

    locale: str  # BCP 47, lower case
    title: str
    summary: str
    body: str  # Markdown; links to http, https and mailto only
    to: str  # the addressee in this language; "": the file names none
    privacy: str = ""  # Markdown too: the campaign's own part of the privacy notice


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was dropped or is worth a look: one English sentence for the operator."""

    file: str
    line: int  # 0: the file as a whole
    what: str


@dataclass(frozen=True, slots=True)
class Folder:
    default: Text
    translations: tuple[Text, ...]  # the other languages, sorted by locale
    settings: Mapping[str, object]  # only what is set; the types are those of `front_matter`
    notes: tuple[Note, ...]
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # small texts
    picture: Brought | None = None
