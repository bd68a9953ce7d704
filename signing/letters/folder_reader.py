"""A letter's folder read: its files found, each taken by the rules, and what was dropped noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from signing.letters import files, front_matter, links, markdown, pictures, shortcodes
from signing.letters.folder import (
    NO_SETTINGS,
    PICTURES,
    SMALL_FILES,
    Folder,
    FolderBroken,
    Note,
    Text,
)
from signing.letters.front_matter import FrontMatter, Unreadable
from signing.letters.pictures import Brought

T = TypeVar("T")

_LETTER = re.compile(r"_?index(?:\.([A-Za-z0-9_-]+))?\.md")
_SMALL = {
    name: re.compile(rf"{file}(?:\.([A-Za-z0-9_-]+))?\.md") for name, file in SMALL_FILES.items()
}
_LEADING_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class _Files:
    """Where the texts lie, by locale; the small ones by their name first."""

    default_locale: str
    own: Mapping[str, Path]
    small: Mapping[str, Mapping[str, Path]]

    @property
    def other_locales(self) -> list[str]:
        return sorted(self.own.keys() - {self.default_locale})


@dataclass(frozen=True, slots=True)
class _Language:
    """What the folder says in one language."""

    text: Text
    phrases: Mapping[str, str]
    settings: Mapping[str, object]  # the default language's; none in others
    notes: Collection[Note]


@dataclass(frozen=True, slots=True)
class _Rules:
    """How one file is read."""

    base_url: str
    keep_shortcode_words: bool
    is_default: bool
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
    _check_keys(settings)
    found = _find(path, _normal(default_locale), {_normal(one) for one in known_locales})
    picture = _find_picture(path)
    rules = _Rules(base_url, keep_shortcode_words, is_default=False, overrides=NO_SETTINGS)
    original = replace(rules, is_default=True, overrides=settings)
    default = _read_language(found, found.default_locale, original)
    others = [_read_language(found, locale, rules) for locale in found.other_locales]
    return Folder(
        default.text,
        tuple(one.text for one in others),
        MappingProxyType(default.settings),
        (*_note_others(path, found), *(note for one in (default, *others) for note in one.notes)),
        {one.text.locale: one.phrases for one in (default, *others) if one.phrases},
        picture,
    )


def _check_keys(settings: Mapping[str, str]) -> None:
    for key in settings:
        if key not in front_matter.KNOWN:
            raise FolderBroken(f"--set {key}", 0, "there is no such setting")


def _find(path: Path, default_locale: str, known: Collection[str]) -> _Files:
    own = _list_files(path, _LETTER, default_locale, known)
    if default_locale not in own:
        raise FolderBroken(str(path), 0, f"there is no index.md for the default {default_locale}")
    small = {name: _list_files(path, form, default_locale, known) for name, form in _SMALL.items()}
    return _Files(default_locale, own, small)


def _read_language(found: _Files, locale: str, rules: _Rules) -> _Language:
    """The letter's file, and what lies beside it in the same language."""
    file = found.own[locale]
    reading = _Reading(file.name, rules)
    text = reading.read(file, locale)
    phrases = reading.phrases | reading.read_small(found.small, locale)
    text = replace(text, privacy=phrases.pop("privacy", ""))
    return _Language(text, phrases, reading.settings, reading.notes)


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


def _note_others(path: Path, found: _Files) -> list[Note]:
    """What else lies in the folder."""
    beside = [(locale, file) for files_ in found.small.values() for locale, file in files_.items()]
    taken = {*found.own.values(), *(file for _locale, file in beside)}
    others = [file for file in sorted(path.iterdir()) if file not in taken]
    others = [file for file in others if file.name not in PICTURES]
    alone = [file for locale, file in beside if locale not in found.own]
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
