"""Confirmed signatures, carried out: streamed, as many as there are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click
from flask import current_app

from signing.cli.app import OPERATOR, with_app
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.exports import actions, carrying, encryption, queries
from signing.exports.carrying import Begun, Carrier
from signing.exports.choice import Choice, Format
from signing.exports.purpose import Purpose
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.signatures.models import Entry
from signing.signatures.wanted import Wanted


@click.command()
@click.argument("slug")
@click.option(
    "--format",
    "format_",
    type=click.Choice([*Format], case_sensitive=False),
    default=Format.CSV,
    show_default=True,
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output."
)
@click.option("--country", default="", help="Only of this country, in two letters.")
@click.option("--locale", default="", help="Only who signed in this language.")
@click.option("--partner", default="", help="Only who came through this partner; by its code.")
@click.option(
    "--entry", type=click.Choice([one.value for one in Entry]), help="Only who signed so."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only who signed since that day, by the letter's time zone.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only who signed to the end of that day, by the letter's time zone.",
)
@click.option(
    "--encrypt-to",
    "key",
    default="",
    help="An age or SSH key, or a file with an OpenPGP key.",
)
@click.option("--reason", default="", help="Why; kept with the export.")
@click.option("--receiver", default="", help="Who gets it; kept with the export.")
@with_app
def export(
    slug: str,
    *,
    format_: str,
    out: Path | None,
    country: str,
    locale: str,
    partner: str,
    entry: str | None,
    since: datetime | None,
    until: datetime | None,
    key: str,
    reason: str,
    receiver: str,
) -> None:
    """Write the confirmed signatures of a letter; who took what is written to the audit log.

    Example: signing signatures export leavex --format csv --out leavex.csv
    """
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    wanted = Wanted(
        letter.id,
        country=country.upper(),
        locale=locale.lower(),
        partner_id=_partner_id(letter, partner) if partner else None,
        entry=Entry(entry) if entry else None,
        first_day=since.date() if since else None,
        last_day=until.date() if until else None,
        zone=letter.time_zone,
    )
    choice = Choice(wanted, format=Format(format_))
    _write(letter, choice, Purpose(reason, receiver, _key(key)), out)


def _partner_id(letter: Letter, code: str) -> UUID:
    ids = {known: id_ for id_, known in partners.list_codes(letter.id).items()}
    if code not in ids:
        raise click.BadParameter(f"there is no partner {code} here", param_hint="--partner")
    return ids[code]


def _key(given: str) -> str:
    """The key as text; what was given is the key itself, or names a file with it."""
    if not given:
        return ""
    file = Path(given)
    is_file = len(given) < os.pathconf("/", "PC_NAME_MAX") and file.is_file()
    return encryption.read(file.read_bytes() if is_file else given.encode()).text


def _write(letter: Letter, choice: Choice, why: Purpose, out: Path | None) -> None:
    number = queries.count(choice)
    with transaction():
        begun = actions.carry_out(letter, choice, why, by=OPERATOR, number=number)
    with _opened(out) as target, _begun(begun) as carrier:
        try:
            for piece in _with_progress(carrier, shown=out is not None):
                target.write(piece)
        except BaseException:
            with transaction():
                actions.cut_off(carrier, letter.slug, by=OPERATOR)
            raise
        with transaction():
            actions.finish(carrier)


@contextmanager
def _begun(begun: Begun) -> Iterator[Carrier]:
    settings: Settings = current_app.extensions["signing.settings"]
    with carrying.begin(begun, settings.data_dir) as carrier:
        yield carrier


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    """The file, readable by its owner alone and there only once it is whole; or standard output."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _with_progress(carrier: Carrier, *, shown: bool) -> Iterator[bytes]:
    pieces = carrier.pieces(transaction)
    if not (shown and sys.stderr.isatty()):
        yield from pieces
        return
    with click.progressbar(length=carrier.begun.number, file=sys.stderr) as bar:
        for piece in pieces:
            bar.update(carrier.carried - bar.pos)
            yield piece
