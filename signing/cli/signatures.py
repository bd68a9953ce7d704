"""Confirmed signatures, carried out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from signing.cli import flagged, proof
from signing.cli.app import OPERATOR, with_app
from signing.core.db import transaction
from signing.counts import queries as counts
from signing.exports import actions
from signing.letters import queries as letters


@click.group("signatures")
def signatures_() -> None:
    """Signatures of a letter."""


for command in (proof.proof, flagged.flagged):
    signatures_.add_command(command)


@signatures_.command()
@click.argument("slug")
@click.option("--format", "_format", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output."
)
@with_app
def export(slug: str, *, _format: str, out: Path | None) -> None:
    """Write the confirmed signatures of a letter; who took what is written to the audit log.

    Example: signing signatures export leavex --format csv --out leavex.csv
    """
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    number = counts.total(letter.id).n
    with transaction():
        actions.begin_export(letter, number=number, by=OPERATOR)
    with _opened(out) as target:
        lines = _with_progress(actions.csv_lines(letter), number, shown=out is not None)
        target.writelines(lines)


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """The file, readable by its owner alone and there only once it is whole; or standard output."""
    if out is None:
        yield sys.stdout
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target:
            yield target
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _with_progress(lines: Iterator[str], number: int, *, shown: bool) -> Iterator[str]:
    if not (shown and sys.stderr.isatty()):
        yield from lines
        return
    with click.progressbar(lines, length=number + 1, file=sys.stderr) as bar:
        yield from bar
