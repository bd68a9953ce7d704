"""Lists of people who signed elsewhere, brought in by programs of the campaign.

The rules are those of the staff's page: sealed at once, read by a worker, counted all at once or
not at all; without a basis no address is stored. A program sees what programs brought in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l

from signing.collected import actions, queries, sizes, tables
from signing.collected import columns as columns_of
from signing.collected.actions import About
from signing.collected.columns import Column, Problem
from signing.collected.models import Collection, Kind, State
from signing.core import clock
from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.jobs import queries as jobs
from signing.jobs.models import State as JobState
from signing.partners import origins, tokens
from signing.partners.models import Scope
from signing.signatures import names
from signing.web.api import access, bodies
from signing.web.api.access import Entered, Holder
from signing.web.api.answering import MULTIPART, Answer, answers
from signing.web.api.bodies import Mistakes, Wrong
from signing.web.api.campaign_shapes import (
    Counting,
    Import,
    ImportFacts,
    Imports,
    NewImport,
    RowMistake,
)
from signing.web.api.shapes import Nothing

bp = Blueprint("imports", __name__, url_prefix="/api/v1")
CAMPAIGN = (Holder.CAMPAIGN,)
MOST_LISTED = 100
MISSING = _l("This has to be filled in.")
NOT_SO = _l("This cannot be done.")


@bp.post("/letters/<slug:slug>/imports")
@answers(
    Import,
    scope=Scope.IMPORTS,
    of=CAMPAIGN,
    body=NewImport,
    takes=MULTIPART,
    good=202,
    refuses=(409, 413, 422),
)
def begin_import(slug: str, query: Nothing) -> Answer[Import]:  # noqa: ARG001
    """Bring in a list: it is kept sealed and read by a worker; ask how far it is."""
    entered = _enter(slug)
    request.max_content_length = sizes.FILE_BYTES + sizes.AROUND_BYTES  # the token is good
    facts = bodies.read_form(ImportFacts)
    today = entered.letter.local(clock.now()).date()
    if mistakes := {**_mistakes(facts, today), **_no_file()}:
        raise Wrong(mistakes)
    actions.check_free(entered.letter.id)
    file, about = cast(BinaryIO, request.files["file"].stream), _about(facts, today)
    try:
        chosen, has_header = _columns(facts, file)
        pieces = tables.split(file, keeps_addresses=about.keeps_addresses)
        with transaction():
            made = actions.begin_upload(entered.letter, about, by=entered.actor)
            actions.store(made, pieces)
            values = [one.value for one in chosen]
            actions.choose_columns(made, values, has_header=has_header, by=entered.actor)
    except tables.NotATable as refusal:
        raise Wrong({"file": str(refusal)}) from None
    return Answer(_shown(queries.get(entered.letter.id, made.id)))


def _enter(slug: str) -> Entered:
    return access.enter_as_campaign(slug, Scope.IMPORTS)


def _no_file() -> Mistakes:
    return {} if "file" in request.files else {"file": MISSING}


def _mistakes(facts: ImportFacts, today: date) -> Mistakes:
    """By field, beyond what the shape says."""
    is_early = facts.began_on and facts.ended_on and facts.ended_on < facts.began_on
    is_late = facts.as_of and facts.as_of > today
    wording = names.clean_text(facts.wording, sizes.WORDING)
    found = {
        "source": "" if names.clean_line(facts.source, sizes.SOURCE) else MISSING,
        "link": "" if not facts.link or origins.is_site(facts.link) else NOT_SO,
        "ended_on": NOT_SO if is_early else "",
        "as_of": NOT_SO if is_late else "",
        "wording": MISSING if facts.basis and not wording else "",
    }
    return {field: said for field, said in found.items() if said}


def _columns(facts: ImportFacts, file: BinaryIO) -> tuple[Sequence[Column], bool]:
    """What the columns hold, as the program says or as their headings tell; and if there are any.

    Raises `NotATable` for an empty file.
    """
    first = next(tables.read(file), None)
    if first is None:
        raise tables.NotATable
    named = [one.strip() for one in facts.columns.split(",")] if facts.columns else []
    if not {*named} <= set(Column):
        raise Wrong({"columns": NOT_SO})
    chosen = [Column(one) for one in named] or columns_of.guess(first)
    if not columns_of.suffice(chosen):
        raise Wrong({"columns": MISSING})
    return chosen, columns_of.has_headings(first)


def _about(facts: ImportFacts, today: date) -> About:
    return About(
        kind=Kind(facts.kind),
        source=names.clean_line(facts.source, sizes.SOURCE),
        as_of=facts.as_of or today,
        link=facts.link,
        began_on=facts.began_on,
        ended_on=facts.ended_on,
        basis=facts.basis,
        wording=names.clean_text(facts.wording, sizes.WORDING),
    )


def _shown(one: Collection) -> Import:
    job = jobs.find_of(one.letter_id, one.id)
    return Import(
        id=str(one.id),
        state=State(one.state),
        work=JobState(job.state) if job else None,
        source=one.source,
        kind=Kind(one.kind),
        as_of=one.as_of,
        created_at=one.created_at,
        rows=one.rows,
        rows_read=one.rows_read,
        number=one.number,
        duplicates=one.duplicates,
        faulty=one.faulty,
        problems=[RowMistake(row=row, problem=Problem(code)) for row, code in one.problems],
    )


@bp.get("/letters/<slug:slug>/imports")
@answers(Imports, scope=Scope.IMPORTS, of=CAMPAIGN)
def list_imports(slug: str, query: Nothing) -> Answer[Imports]:  # noqa: ARG001
    """What programs have brought in; look here before a list is sent once more."""
    letter = _enter(slug).letter
    by = tokens.list_ids_of_letter(letter.id)
    found = queries.list_brought_by(letter.id, by, limit=MOST_LISTED)
    return Answer(Imports(imports=[_shown(one) for one in found]))


@bp.get("/letters/<slug:slug>/imports/<uuid:import_id>")
@answers(Import, scope=Scope.IMPORTS, of=CAMPAIGN)
def get_import(slug: str, import_id: UUID, query: Nothing) -> Answer[Import]:  # noqa: ARG001
    """How far the reading is, and which rows cannot be used."""
    return Answer(_shown(_find(_enter(slug), import_id)))


def _find(entered: Entered, import_id: UUID, *, to_change: bool = False) -> Collection:
    """What programs of this campaign brought in; what members did is not theirs."""
    found = queries.get(entered.letter.id, import_id, to_change=to_change)
    if found.member_id not in tokens.list_ids_of_letter(entered.letter.id):
        raise NotFound
    return found


@bp.post("/letters/<slug:slug>/imports/<uuid:import_id>/count")
@answers(Import, Counting, scope=Scope.IMPORTS, of=CAMPAIGN, refuses=(409,))
def count_import(slug: str, import_id: UUID, query: Counting) -> Answer[Import]:
    """Have all of it count from now on, once it is read."""
    entered = _enter(slug)
    with transaction():
        found = _find(entered, import_id, to_change=True)
        without = query.without_faulty == "true"
        actions.count(found, without_faulty=without, by=entered.actor)
    return Answer(_shown(_find(entered, import_id)))


@bp.delete("/letters/<slug:slug>/imports/<uuid:import_id>")
@answers(Import, scope=Scope.IMPORTS, of=CAMPAIGN, refuses=(409,))
def undo_import(slug: str, import_id: UUID, query: Nothing) -> Answer[Import]:  # noqa: ARG001
    """Throw it away: it counts no more, and a worker deletes its rows."""
    entered = _enter(slug)
    with transaction():
        actions.undo(_find(entered, import_id, to_change=True), by=entered.actor)
    return Answer(_shown(_find(entered, import_id)))
