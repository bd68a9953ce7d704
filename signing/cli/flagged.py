"""What screening noticed, for people to look at."""

from __future__ import annotations

from collections import Counter

import click

from signing.cli.app import with_app
from signing.letters import queries as letters
from signing.signatures import queries


@click.command()
@click.argument("slug")
@with_app
def flagged(slug: str) -> None:
    """List signatures that carry a reason to be looked at; nothing of the person is shown.

    Example: signing signatures flagged leavex
    """
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    counted: Counter[str] = Counter()
    for one in queries.stream_flagged(letter.id):
        counted.update(one.reasons)
        when = one.created_at.isoformat(timespec="seconds")
        click.echo(f"{one.id}\t{one.state}\t{when}\t{' '.join(one.reasons)}")
    for reason, n in counted.most_common():
        click.echo(f"{reason}: {n}", err=True)
    if not counted:
        click.echo("Nothing was noticed.", err=True)
