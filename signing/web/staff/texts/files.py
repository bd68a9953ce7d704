"""Texts carried out and brought back: the folder as a ZIP, PO and XLIFF for one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound, Refusal
from signing.letters import archive, drafts, exchange, pictures, pieces, po, writing, xliff
from signing.letters import queries as letters
from signing.letters.drafts import Written
from signing.letters.exchange import Brought, FileUnusable, NotUtf8
from signing.letters.folder import Folder, FolderBroken, Text
from signing.letters.models import Letter
from signing.letters.pieces import Piece
from signing.letters.writing import Working
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.texts import pages as texts
from signing.web.staff.texts.forms import clean

bp = Blueprint("texts_files", __name__, url_prefix="/letters/<slug>/texts")
ROOM = 100_000  # for what a form has around its file


@dataclass(slots=True)
class Outcome:
    """What became of one language that was brought."""

    name: str
    what: str
    problems: list[str] = field(default_factory=list)


@bp.get("/files.zip")
@gate.asks(Act.TRANSLATE)
def as_folder() -> ResponseReturnValue:
    """The texts that the member may write, drafts before what is published; and the original.

    With the small texts and the picture; for whoever writes the original it is the whole folder.
    """
    letter = desk.letter()
    original = writing.get(letter, letter.default_locale)
    own = [
        one.text
        for one in writing.list_all(letter)
        if not one.is_original and texts.may_write(letter, one.locale)
    ]
    is_editor = texts.may_write(letter, letter.default_locale)
    default = original.text if is_editor else _as_text(original)
    settings = letters.list_settings(letter) if is_editor else {"slug": letter.slug}
    picture = pictures.find_largest(letter) or b""
    content = archive.pack(default, own, settings, letters.list_phrases(letter), picture)
    return _file(content, f"{letter.slug}.zip", "application/zip")


def _as_text(working: Working) -> Text:
    one = working.original
    return Text(one.locale, one.title, one.summary, one.body, one.to, one.privacy)


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/<into>/file.po")
@gate.asks(Act.TRANSLATE)
def as_po(into: str) -> ResponseReturnValue:
    letter = desk.letter()
    working = _translation(letter, into)
    here, there = (locales.languages()[tag].babel for tag in (into, working.original.locale))
    content = po.write(here, there, letter.slug, exchange.units(working))
    return _file(content, f"{letter.slug}.{into}.po", "text/x-gettext-translation")


def _translation(letter: Letter, into: str) -> Working:
    working = texts.get_writable(letter, into)
    if working.is_original:
        raise NotFound
    return working


@bp.get("/<into>/file.xlf")
@gate.asks(Act.TRANSLATE)
def as_xliff(into: str) -> ResponseReturnValue:
    letter = desk.letter()
    working = _translation(letter, into)
    content = xliff.write(working.original.locale, into, letter.slug, exchange.units(working))
    return _file(content, f"{letter.slug}.{into}.xlf", "application/xliff+xml")


@bp.post("/files")
@gate.asks(Act.TRANSLATE, most_bytes=exchange.MOST_BYTES + ROOM)
def upload() -> ResponseReturnValue:
    """What the file holds becomes drafts, all of it or nothing; a page says what happened."""
    letter = desk.letter()
    try:
        content = _content()
        with transaction():
            outcomes, notes = _take(letter, content)
    except (FileUnusable, FolderBroken) as refusal:
        return _refuse(refusal)
    return desk.page("staff/texts/brought.html", letter=letter, outcomes=outcomes, notes=notes)


def _content() -> bytes:
    file = request.files.get("file")
    content = file.read(exchange.MOST_BYTES + 1) if file else b""
    if not content or len(content) > exchange.MOST_BYTES:
        raise FileUnusable(_("Choose a file of at most 5 MB."))
    return content


def _refuse(refusal: Refusal) -> ResponseReturnValue:
    why = _("The file cannot be used, and nothing was changed: %(why)s", why=str(refusal))
    if isinstance(refusal, NotUtf8):
        why = _(
            "The file is not in UTF-8, and nothing was changed. Save it as UTF-8, with "
            "“charset=UTF-8” in its head, and bring it again."
        )
    return texts.page(refusal.status, mistakes=[("file", why)])


def _take(letter: Letter, content: bytes) -> tuple[list[Outcome], list[str]]:
    if content.startswith(b"PK"):
        read = archive.unpack(
            content, known_locales=set(locales.languages()), default_locale=letter.default_locale
        )
        notes = [f"{one.file}:{one.line}: {one.what}" for one in read.notes]
        return list(_take_folder(letter, read)), notes
    brought = xliff.read(content) if content.lstrip()[:1] in {b"<", b"\xef"} else po.read(content)
    return [_take_units(letter, brought)], []


def _take_folder(letter: Letter, read: Folder) -> Iterator[Outcome]:
    for text in (read.default, *read.translations):
        if not texts.may_write(letter, text.locale):
            if text.locale != letter.default_locale or not _is_the_original(letter, text):
                yield _left_alone(text.locale)
            continue
        drafts.add_language(letter, text.locale, by=gate.signed().doer.actor)
        working = writing.get(letter, text.locale)
        yield _keep(letter, working, _as_written(letter, working, text), [])


def _is_the_original(letter: Letter, text: Text) -> bool:
    original = writing.get_original(letter)
    return (original.title, original.body.strip()) == (text.title, text.body.strip())


def _left_alone(locale: str) -> Outcome:
    language = locales.find(locale)
    what = _("Not changed: you may not write this language, or the file has another original.")
    return Outcome(language.name if language else locale, what)


def _as_written(letter: Letter, working: Working, text: Text) -> Written:
    body = clean(text.body)
    kept: tuple[Piece, ...] = (Piece("", body),)
    if not working.is_original:
        kept = tuple(pieces.replace(working.compare(), working.original.body, body))
    is_same_title = text.title == working.title
    # The folder names the letter's addressee where the original names none of its own.
    is_letters_to = working.is_original and text.to == letter.to
    return Written(
        title=text.title,
        source_title=working.source_title if is_same_title else working.original.title,
        summary=text.summary,
        to=working.to if is_letters_to and not working.to else text.to,
        privacy=clean(text.privacy),
        pieces=kept,
        version=working.version,
        based_on=working.shown.revision_id if working.shown else None,
    )


def _take_units(letter: Letter, brought: Brought) -> Outcome:
    known = {one.locale for one in writing.list_all(letter)} - {letter.default_locale}
    locale = locales.choose([brought.locale], known, "")
    if not locale:
        raise FileUnusable(
            _("Its language is %(locale)s, which this letter does not have.", locale=brought.locale)
        )
    if not texts.may_write(letter, locale):
        return _left_alone(locale)
    working = writing.get(letter, locale)
    taken = exchange.take(working, brought.units)
    problems = []
    if taken.foreign:
        problems.append(
            ngettext(
                "%(num)s paragraph belongs to another original and was left out.",
                "%(num)s paragraphs belong to another original and were left out.",
                taken.foreign,
            )
        )
    if taken.missing:
        problems.append(
            ngettext(
                "%(num)s paragraph has no translation in the file; what stood here stays.",
                "%(num)s paragraphs have no translation in the file; what stood here stays.",
                taken.missing,
            )
        )
    return _keep(letter, working, taken.written, problems)


def _keep(letter: Letter, working: Working, written: Written, problems: list[str]) -> Outcome:
    name = locales.languages()[working.locale].name
    if _is_same(working, written):
        return Outcome(name, _("Unchanged."), problems)
    is_written = working.has_changes and bool(working.body.strip() or working.title)
    if is_written and not request.form.get("replace"):
        what = _("Not changed: there is a draft that is not published. Tick the box to replace it.")
        return Outcome(name, what, problems)
    drafts.save(letter, working.locale, written, by=gate.signed().doer.actor)
    return Outcome(name, _("Kept as a draft."), [*problems, *_losses(letter, working)])


def _is_same(working: Working, written: Written) -> bool:
    now = (working.title, working.summary, working.to, working.privacy, working.pieces)
    to_be = (written.title, written.summary, written.to, written.privacy, written.pieces)
    return now == to_be and working.source_title == written.source_title


def _losses(letter: Letter, before: Working) -> Iterator[str]:
    """What there is less of than before."""
    after = writing.get(letter, before.locale)
    untranslated = pieces.count_new(after.compare())
    if untranslated > pieces.count_new(before.compare()) or (untranslated and not before.body):
        yield ngettext(
            "%(num)s paragraph of the original has no translation.",
            "%(num)s paragraphs of the original have no translation.",
            untranslated,
        )
