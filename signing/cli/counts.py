"""Balancing the books."""

from __future__ import annotations

import click

from signing.cli.app import OPERATOR, with_app
from signing.core.db import snapshot, transaction
from signing.counts import actions
from signing.counts.actions import Difference
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures import queries as signatures


@click.group("counts")
def counts_() -> None:
    """The count of each letter."""


@counts_.command()
@click.option("--repair", is_flag=True, help="Set the tallies right.")
@with_app
def verify(*, repair: bool) -> None:
    """Recount from the signatures; exit status 1 and the difference if the tallies are off.

    Example: signing counts verify
    """
    are_off = False
    for letter in letters.list_all():
        differences = _compare(letter)
        for one in differences:
            click.echo(
                f"{letter.slug}: {one.dimension} {one.value or '-'}: "
                f"tallied {one.tallied}, recounted {one.recounted}"
            )
        if differences and repair:
            _repair(letter)
        elif differences:
            are_off = True
    if are_off:
        raise SystemExit(1)
    click.echo(
        "Tallies repaired where needed." if repair else "All counts agree with the signatures."
    )


def _compare(letter: Letter) -> list[Difference]:
    with snapshot():
        return actions.compare(letter.id, signatures.tally(letter.id))


def _repair(letter: Letter) -> None:
    """Compare again inside the transaction that repairs, so that nothing slips in between."""
    with transaction(of_one_moment=True):
        differences = actions.compare(letter.id, signatures.tally(letter.id))
        actions.repair(letter.id, differences, by=OPERATOR)
