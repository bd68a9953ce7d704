"""Signatures collected on paper and elsewhere, brought in and carried out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click

from signing.cli.app import OPERATOR, with_app
from signing.collected import actions, columns, queries, tables
from signing.collected.actions import About
from signing.collected.columns import Column
from signing.collected.models import Basis, Collection, Kind, State
from signing.core import clock
from signing.core.db import transaction, unheld
from signing.exports import collected as rows
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.worker import collecting

KINDS = [one.value for one in Kind if one is not Kind.FIGURE]
COLUMNS = ", ".join(one.value for one in Column if one)


class ColumnsUnknown(click.UsageError):
    """Nobody can tell from the headings which column holds the name."""


@click.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--kind", type=click.Choice(KINDS), default=Kind.OTHER.value, show_default=True)
@click.option("--source", required=True, help="Where they were collected, as the page names it.")
@click.option("--link", default="", help="The page where one can look.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The list's day; else today.")
@click.option("--basis", type=click.Choice(["consent", "interest"]), help="To keep addresses.")
@click.option("--wording", type=click.File(encoding="utf-8"), help="What those who signed read.")
@click.option("--columns", "named", default="", help=f"What they hold, by commas: {COLUMNS}.")
@click.option("--without-faulty", is_flag=True, help="Count the others where rows are no use.")
@with_app
def import_(  # what has to be said about a list
    slug: str,
    file: Path,
    *,
    kind: str,
    source: str,
    link: str,
    as_of: datetime | None,
    basis: str | None,
    wording: TextIO | None,
    named: str,
    without_faulty: bool,
) -> None:
    """Bring in a list of signatures from elsewhere. They are counted apart and never mailed.

    Addresses are kept only with --basis and --wording.

    Example: signing signatures import leavex list.csv --kind openpetition --source openPetition
    """
    letter = _letter(slug)
    about = About(
        kind=Kind(kind),
        source=source,
        as_of=as_of.date() if as_of else letter.local(clock.now()).date(),
        link=link,
        basis=Basis(basis or ""),
        wording=wording.read().strip() if wording else "",
    )
    first = _first_row(file)
    chosen = _chosen(first, named)
    collection = _upload(letter, about, file)
    _read(collection, chosen, has_header=columns.has_headings(first))
    _settle(collection, without_faulty=without_faulty)


def _letter(slug: str) -> Letter:
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    return letter


def _first_row(file: Path) -> Sequence[str]:
    with file.open("rb") as opened:
        first = next(tables.read(opened), None)
    if first is None:
        raise tables.NotATable
    return first


def _upload(letter: Letter, about: About, file: Path) -> Collection:
    with file.open("rb") as opened:
        pieces = tables.split(opened, keeps_addresses=about.keeps_addresses)
    with transaction():
        made = actions.begin_upload(letter, about, by=OPERATOR)
        actions.store(made, pieces)
    return made


def _read(collection: Collection, chosen: Sequence[Column], *, has_header: bool) -> None:
    try:
        with transaction():
            actions.choose_columns(
                queries.get(collection.letter_id, collection.id),
                [one.value for one in chosen],
                has_header=has_header,
                by=OPERATOR,
                has_worker=False,
            )
    except actions.Busy:
        _undo(collection)
        raise
    for progress in collecting.read(collection.letter_id, collection.id):
        if sys.stderr.isatty():
            click.echo(f"\r{progress.done} of {progress.total} rows", nl=False, err=True)


def _chosen(first: Sequence[str], named: str) -> list[Column]:
    words = [one.strip() for one in named.split(",")] if named else []
    unknown = [one for one in words if one not in set(Column)]
    if unknown:
        raise ColumnsUnknown(f"There is no column {unknown[0]!r}. There are: {COLUMNS}.")
    chosen = [Column(one) for one in words] or columns.guess(first)
    if not columns.suffice(chosen):
        raise ColumnsUnknown("Say with --columns which column holds the name.")
    return chosen


def _settle(collection: Collection, *, without_faulty: bool) -> None:
    """Count them, or take everything back and say which rows are no use."""
    found = queries.get(collection.letter_id, collection.id)
    for row, code in found.problems:
        click.echo(f"row {row}: {code}", err=True)
    if found.state == State.UNDONE:
        raise tables.NotATable
    if found.faulty and not without_faulty:
        faulty = found.faulty
        _undo(found)
        raise click.ClickException(
            f"{faulty} rows cannot be used, so nothing was brought in. Mend them, or leave them "
            "out with --without-faulty."
        )
    with transaction():
        actions.count(found, without_faulty=without_faulty, by=OPERATOR)
    found = queries.get(collection.letter_id, collection.id)
    left_out = f", {found.faulty} left out" if found.faulty else ""
    click.echo(f"{found.number} counted, {found.duplicates} known already{left_out}.")


def _undo(collection: Collection) -> None:
    with transaction():
        found = queries.get(collection.letter_id, collection.id)
        actions.undo(found, by=OPERATOR, has_worker=False)
    for _progress in collecting.delete(collection.letter_id, collection.id):
        pass


@click.group("collected")
def collected_() -> None:
    """Signatures collected on paper and elsewhere."""


@collected_.command()
@click.argument("slug")
@with_app
def export(slug: str) -> None:
    """Write everybody who signed on paper or elsewhere to standard output, as CSV.

    Example: signing collected export leavex
    """
    letter = _letter(slug)
    with transaction():
        number, counted = queries.count_people(letter.id), queries.find_counted(letter.id)
        actions.note_export(letter, number, by=OPERATOR)
    sys.stdout.writelines(unheld(rows.lines(counted)))


@collected_.command("list")
@click.argument("slug")
@with_app
def list_(slug: str) -> None:
    """List what was brought in: day, number, where from, state.

    Example: signing collected list leavex
    """
    for one in queries.list_all(_letter(slug).id):
        click.echo(f"{_day(one.as_of)} {one.number} {one.source} ({one.kind}): {one.state}")


def _day(day: date) -> str:
    return day.isoformat()
