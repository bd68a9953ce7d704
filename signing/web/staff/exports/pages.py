"""Exports of a letter: what was carried out, what waits, what can be fetched, who is gone since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import let_go, transaction, unheld
from signing.core.settings import Settings
from signing.core.vault import Unreadable
from signing.exports import actions, carrying, encryption, gone, papers, purpose, queries
from signing.exports.carrying import Begun
from signing.exports.choice import Choice, Format, Preset
from signing.exports.models import Export, State
from signing.exports.purpose import Purpose
from signing.exports.refused import ErasedSince, NotToFetch
from signing.exports.sheets import csv_lines
from signing.jobs import queries as jobs
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.staff_accounts import queries as members
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, tables
from signing.web.staff.exports import words
from signing.web.staff.signatures import words as signatures_words

bp = Blueprint("exports", __name__, url_prefix="/letters/<slug>/exports")
A_PAGE = 20
COUNTED = 10_000  # who is gone of so many is counted while the page is made; else when asked
TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSONL: "application/jsonl",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An export as the pages show it. `why` is None where the letter was erased."""

    export: Export
    choice: Choice
    why: Purpose | None
    state: str
    partners: Mapping[UUID, str]

    @property
    def filters(self) -> dict[str, str]:
        wanted = self.choice.wanted
        told = {name: str(getattr(wanted, name)) for name in self.choice.used}
        if wanted.partner_id:
            told["partner_id"] = self.partners.get(wanted.partner_id, "–")
        if wanted.entry:
            told["entry"] = str(signatures_words.ENTRIES[wanted.entry])
        if wanted.first_day or wanted.last_day:
            told["zone"] = wanted.zone
        return told

    @classmethod
    def of(cls, export: Export, partners: Mapping[UUID, str]) -> Line:
        state = State.OVER if export.has_lapsed else State(export.state)
        return cls(
            export,
            Choice.read_json(export.choice),
            purpose.find(export),
            str(words.STATES[state]),
            partners,
        )


@bp.get("")
@gate.asks(Act.EXPORT)
def show_all() -> ResponseReturnValue:
    letter, table = desk.letter(), tables.read("-asked", "-rows", size=A_PAGE)
    chosen = request.args.get("state", "")
    state = State(chosen) if chosen in set(State) else None
    found = queries.list_page(
        letter.id, table.order, state=state, after=table.after_id, limit=table.limit
    )
    page = table.of(found, lambda one: one.id.hex, state=state.value if state else "")
    return desk.page(
        "staff/exports/all.html",
        letter=letter,
        lines=[Line.of(one, {}) for one in page.rows],  # the list names no filters
        page=page,
        chosen=state,
        states=words.STATES,
        presets=words.PRESETS,
        names=_names(),
        me=str(gate.signed().id),
    )


def _names() -> dict[str, str]:
    """How members are called, by their ids as exports note them."""
    return {str(id_): name for id_, name in members.list_names().items()}


@bp.get("/<uuid:export_id>")
@gate.asks(Act.EXPORT)
def show(export_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    export = queries.get(letter.id, export_id)
    line = Line.of(export, partners.list_names(letter.id))
    others = queries.list_seconds(letter.id, but=export.asked_by)
    return desk.page(
        "staff/exports/one.html",
        letter=letter,
        line=line,
        job=jobs.find_of(letter.id, export_id),
        key=_key_name(line.why),
        gone=_count_gone(export),
        languages=_languages(letter),
        language_names={tag: one.name for tag, one in locales.languages().items()},
        papers=[one for one in papers.list_of(letter.id, export_id) if not one.has_lapsed],
        delivers=line.choice.preset is Preset.DELIVERY,
        words=words,
        names=_names(),
        others=others,
        me=str(gate.signed().id),
    )


def _languages(letter: Letter) -> list[tuple[str, str]]:
    """What the paper for the addressee can be written in."""
    named = locales.languages()
    return [(tag, named[tag].name) for tag in letters.list_locales(letter.id) if tag in named]


def _key_name(why: Purpose | None) -> str:
    """The key as people compare it, also when it has run out by now."""
    if why is None or not why.key:
        return ""
    try:
        return encryption.read(why.key.encode()).name
    except encryption.KeyOver as over:
        return str(over)


def _count_gone(export: Export) -> int | None:
    """None where it would take long, or nothing has left."""
    is_quick = export.left_at is not None and export.carried <= COUNTED
    return gone.count(export) if is_quick else None


@bp.post("/<uuid:export_id>/approve")
@gate.asks(Act.EXPORT, fresh=True)
def approve(export_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    number = _count(letter, export_id)
    with transaction():
        actions.approve(letter, export_id, by=gate.signed().doer, number=number)
    return _done(export_id)


def _count(letter: Letter, export_id: UUID) -> int:
    """How many rows fit by now."""
    return queries.count(Choice.read_json(queries.get(letter.id, export_id).choice))


def _done(export_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.exports.show", export_id=export_id, done="1"), 303)


@bp.post("/<uuid:export_id>/refuse")
@gate.asks(Act.EXPORT, fresh=True)
def refuse(export_id: UUID) -> ResponseReturnValue:
    with transaction():
        actions.refuse(desk.letter(), export_id, by=gate.signed().doer)
    return _done(export_id)


@bp.post("/<uuid:export_id>/drop")
@gate.asks(Act.EXPORT, fresh=True)
def drop(export_id: UUID) -> ResponseReturnValue:
    """Let it go: nothing is made any more, no file is kept."""
    with transaction():
        actions.drop(desk.letter(), export_id, by=gate.signed().doer)
    return _done(export_id)


@bp.post("/<uuid:export_id>/fetch")
@gate.asks(Act.EXPORT, fresh=True)
def fetch(export_id: UUID) -> ResponseReturnValue:
    """The file; that it leaves is written down before its first byte does."""
    letter = desk.letter()
    export = queries.get(letter.id, export_id)
    number = export.number if export.is_filed else _count(letter, export_id)
    if export.is_filed and not _is_readable(export):
        raise NotToFetch
    with transaction():
        begun = actions.fetch(letter, export_id, by=gate.signed().doer, number=number)
    pieces = _from_file(letter, begun) if export.is_filed else _as_made(letter, begun)
    size = {"Content-Length": str(export.size)} if export.is_filed else {}
    return Response(
        stream_with_context(pieces),
        content_type="application/octet-stream" if begun.key else TYPES[begun.choice.format],
        headers={"Content-Disposition": f'attachment; filename="{_file_name(letter, begun)}"'}
        | size,
    )


def _is_readable(export: Export) -> bool:
    """Not after a rotation of keys: the file was sealed under one that is gone."""
    try:
        return queries.find_chunk(export.letter_id, export.id, 0) is not None
    except Unreadable:
        return False


def _file_name(letter: Letter, begun: Begun) -> str:
    choice, at = begun.choice, letter.local(begun.at).date().isoformat()
    name = f"{letter.slug}-{choice.preset.value}-{at}.{choice.format.value}"
    return f"{name}.{begun.key.ending}" if begun.key else name


def _as_made(letter: Letter, begun: Begun) -> Iterator[bytes]:
    """Each piece as soon as it is there; where it breaks off is noted."""
    settings: Settings = current_app.extensions["signing.settings"]
    by = gate.signed().doer.actor
    with carrying.begin(begun, settings.data_dir) as carrier:
        try:
            yield from filter(None, carrier.pieces(transaction))
        except BaseException:
            with transaction():
                actions.cut_off(carrier, letter.slug, by=by)
            raise
        with transaction():
            actions.finish(carrier)


def _from_file(letter: Letter, begun: Begun) -> Iterator[bytes]:
    number, by = 0, gate.signed().doer.actor
    try:
        while (piece := queries.find_chunk(letter.id, begun.export_id, number)) is not None:
            let_go()  # however slowly it is fetched
            yield piece
            number += 1
    except BaseException:
        with transaction():
            actions.note_cut_off(letter, begun.export_id, by=by)
        raise


@bp.post("/<uuid:export_id>/gone")
@gate.asks(Act.EXPORT, fresh=True)
def list_gone(export_id: UUID) -> ResponseReturnValue:
    """The references of those whom the receiver has to delete."""
    letter = desk.letter()
    export = queries.get(letter.id, export_id)
    if purpose.find(export) is None:
        raise ErasedSince
    with transaction():
        actions.note_gone(letter, export, by=gate.signed().doer.actor)
    return Response(
        stream_with_context(unheld(_gone_lines(export))),
        content_type=TYPES[Format.CSV],
        headers={"Content-Disposition": f'attachment; filename="{letter.slug}-gone.csv"'},
    )


def _gone_lines(export: Export) -> Iterator[str]:
    found = ((named, str(words.GONE[what])) for named, what in gone.stream(export))
    try:
        yield from csv_lines(gone.HEADER, found)
    except Unreadable:  # erased this very moment
        return
