"""A letter as a folder of Markdown, one file a language: read into plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal
from signing.letters import files, front_matter, links, markdown, pictures, shortcodes
from signing.letters.front_matter import FrontMatter, Unreadable
from signing.letters.pictures import Brought

T = TypeVar("T")

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
NO_PHRASES: Mapping[str, Mapping[str, str]] = MappingProxyType({})

_LETTER = re.compile(r"_?index(?:\.([A-Za-z0-9_-]+))?\.md")
# What is said beside the letter, by the file it lies in.
SMALL_FILES = {"privacy": "privacy", "thanks": "thanks", "delivery_note": "delivery"}
_SMALL = {
    name: re.compile(rf"{file}(?:\.([A-Za-z0-9_-]+))?\.md") for name, file in SMALL_FILES.items()
}
PICTURES = ("picture.jpg", "picture.jpeg", "picture.png", "picture.webp")
_LEADING_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


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


@dataclass(frozen=True, slots=True)
class _Rules:
    """How one file is read."""

    is_default: bool
    base_url: str
    keep_shortcode_words: bool
    overrides: Mapping[str, str]  # from the command line


def locale_of(filename: str, form: re.Pattern[str] = _LETTER) -> str | None:
    """The locale that a letter's file name tells: "" for the default language's, None for others.

    `index.pt_PT.md` and `_index.pt-pt.md` tell the same one.
    """
    found = form.fullmatch(filename)
    return _normal(found[1] or "") if found else None


def _normal(locale: str) -> str:
    return locale.replace("_", "-").lower()


def read(
    path: Path,
    *,
    known_locales: Collection[str],
    default_locale: str = "en",
    base_url: str = "",
    keep_shortcode_words: bool = True,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> Folder:
    """The whole folder, or `FolderBroken` for the first file that cannot be read.

    `settings` stand for the default language's front matter and win over it.
    """
    for key in settings:
        if key not in front_matter.KNOWN:
            raise FolderBroken(f"--set {key}", 0, "there is no such setting")
    default_locale = _normal(default_locale)
    known = {_normal(one) for one in known_locales}
    own = _list_files(path, _LETTER, default_locale, known)
    if default_locale not in own:
        raise FolderBroken(str(path), 0, f"there is no index.md for the default {default_locale}")
    small = {name: _list_files(path, form, default_locale, known) for name, form in _SMALL.items()}
    picture = _find_picture(path)
    notes = _note_others(path, own, small)
    texts: list[Text] = []
    settled: Mapping[str, object] = {}
    phrases: dict[str, Mapping[str, str]] = {}
    for locale in (default_locale, *sorted(own.keys() - {default_locale})):
        is_default = locale == default_locale
        overrides = settings if is_default else NO_SETTINGS
        rules = _Rules(is_default, base_url, keep_shortcode_words, overrides)
        reading = _Reading(own[locale].name, rules)
        text = reading.read(own[locale], locale)
        said = reading.phrases | reading.read_small(small, locale)
        texts.append(replace(text, privacy=said.pop("privacy", "")))
        notes += reading.notes
        phrases |= {locale: said} if said else {}
        settled = reading.settings if is_default else settled
    return Folder(
        texts[0], tuple(texts[1:]), MappingProxyType(settled), tuple(notes), phrases, picture
    )


def _find_picture(path: Path) -> Brought | None:
    found = [path / name for name in PICTURES if (path / name).is_file()]
    if len(found) > 1:
        raise FolderBroken(found[1].name, 0, f"{found[0].name} is a picture, too")
    try:
        return pictures.bring(files.load_bytes(found[0], pictures.MOST_BYTES)) if found else None
    except (Unreadable, pictures.PictureUnusable) as error:
        raise FolderBroken(found[0].name, 0, str(error)) from None


def _list_files(
    path: Path, form: re.Pattern[str], default_locale: str, known: Collection[str]
) -> dict[str, Path]:
    """The folder's files of this form, by locale."""
    if not path.is_dir():
        raise FolderBroken(str(path), 0, "this is not a folder")
    found: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        told = locale_of(file.name, form)
        if told is None:
            continue
        locale = told or default_locale
        if told and locale not in known:
            raise FolderBroken(file.name, 0, files.no_language(locale))
        if locale in found:
            raise FolderBroken(file.name, 0, f"{found[locale].name} is in the same language")
        found[locale] = file
    return found


def _note_others(
    path: Path, own: Mapping[str, Path], small: Mapping[str, Mapping[str, Path]]
) -> list[Note]:
    """What else lies in the folder."""
    beside = [(locale, file) for files_ in small.values() for locale, file in files_.items()]
    taken = {*own.values(), *(file for _locale, file in beside)}
    others = [file for file in sorted(path.iterdir()) if file not in taken]
    others = [file for file in others if file.name not in PICTURES]
    alone = [file for locale, file in beside if locale not in own]
    return [
        *(Note(file.name, 0, "not a letter's file; ignored") for file in others),
        *(Note(file.name, 0, "the letter is not in this language; ignored") for file in alone),
    ]


class _Reading:
    """One file being read: its notes gather here, and its settings."""

    def __init__(self, name: str, rules: _Rules) -> None:
        self.name = name
        self.rules = rules
        self.notes: list[Note] = []
        self.settings: dict[str, object] = {}
        self.phrases: dict[str, str] = {}

    def read(self, file: Path, locale: str) -> Text:
        try:
            front = front_matter.split(files.load(file))
            self._settle(front)
            self._say(front)
            return Text(
                locale,
                title=self._take_title(front),
                summary=self._take(front, "description", front_matter.one_line) or "",
                body=self._tidy(front),
                to=self._take(front, "to", front_matter.one_line) or "",
            )
        except Unreadable as error:
            raise FolderBroken(self.name, error.line, error.why) from None

    def _say(self, front: FrontMatter) -> None:
        """Small texts of one line; the original's newsletter is a setting of the letter."""
        for key in ("picture_alt", *(() if self.rules.is_default else ("newsletter",))):
            if said := self._take(front, key, front_matter.one_line):
                self.phrases[key] = said

    def read_small(self, small: Mapping[str, Mapping[str, Path]], locale: str) -> dict[str, str]:
        """What lies beside the letter in its language, each in a file of its own."""
        said = {}
        for name, found in small.items():
            if locale in found:
                reading = _Reading(found[locale].name, self.rules)
                said[name] = reading.read_notice(found[locale])
                self.notes += reading.notes
        return said

    def read_notice(self, file: Path) -> str:
        """The text alone, by the rules of a letter's."""
        try:
            front = front_matter.split(files.load(file))
            for key in front.values:
                self._note(front.line_of(key), f"{key} belongs in the letter's file; ignored")
            return self._tidy(front)
        except Unreadable as error:
            raise FolderBroken(self.name, error.line, error.why) from None

    def _take_title(self, front: FrontMatter) -> str:
        title = self._take(front, "title", front_matter.one_line)
        if not title:
            raise Unreadable(front.line_of("title") or 1, "there is no title")
        return title

    def _take(self, front: FrontMatter, key: str, settle: Callable[[object], T]) -> T | None:
        """The value as it has to be; None where there is none."""
        is_override = key in self.rules.overrides
        value = self.rules.overrides[key] if is_override else front.values.get(key)
        if value is None or value in ("", []):
            return None
        try:
            return settle(value)
        except ValueError as error:
            if is_override:
                raise FolderBroken(f"--set {key}", 0, str(error)) from None
            raise Unreadable(front.line_of(key), f"{key}: {error}") from None

    def _settle(self, front: FrontMatter) -> None:
        for key in front.values:
            if key not in front_matter.KNOWN:
                self._note(front.line_of(key), f"{key} is not known; ignored")
            elif not self.rules.is_default and key not in front_matter.OF_EACH_LANGUAGE:
                why = "belongs in the default language's file; ignored"
                self._note(front.line_of(key), f"{key} {why}")
        if self.rules.is_default:
            taken = {
                key: self._take(front, key, make) for key, make in front_matter.SETTINGS.items()
            }
            self.settings = {
                key: value for key, value in taken.items() if value not in (None, "", ())
            }

    def _tidy(self, front: FrontMatter) -> str:
        """The body as it is kept: no shortcodes, no links that lead nowhere, no blank edges."""
        keep_words = self.rules.keep_shortcode_words
        body, gone = shortcodes.remove(front.body, keep_words=keep_words)
        files.check_length(body.strip(), markdown.CHARACTERS)  # before we look at what is in it
        lost = markdown.losses(body)
        body, unlinked = links.settle(body, base_url=self.rules.base_url)
        for line, what in sorted([*gone, *lost, *unlinked]):
            self._note(front.body_line + line - 1, what)
        body = _LEADING_BLANK_LINES.sub("", body).rstrip(" \t\n")
        if not body.strip():
            raise Unreadable(front.body_line, "there is no text")
        files.check_length(body, markdown.CHARACTERS)
        return body

    def _note(self, line: int, what: str) -> None:
        self.notes.append(Note(self.name, line, what))
