"""Forgetting everybody who signed a letter."""

from __future__ import annotations

import click

from signing.cli.app import OPERATOR, with_app
from signing.letters import queries as letters
from signing.worker import retaining

BEYOND_REACH = """What this cannot reach:
- public names that others copied, and public names in older backups of the database
- exports that were carried out (see the audit log)
- mails in the inboxes of signers
- the letter's key in older backups of the key store, until those end"""


@click.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app
def erase(slug: str, *, yes: bool) -> None:
    """Destroy a letter's key and delete who signed it; text and number stay. Cannot be undone.

    Example: signing erase leavex
    """
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    if not yes:
        click.confirm(f"Destroy the key of {slug} and delete everybody who signed it?", abort=True)
    retired = retaining.erase(letter, by=OPERATOR)
    click.echo(f"{slug}: the key is destroyed, {retired} signatures are numbers now.")
    click.echo(BEYOND_REACH)
