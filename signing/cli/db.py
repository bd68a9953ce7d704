"""Migrations of the database and of the key store."""

from __future__ import annotations

import click
from flask import current_app

from signing.cli.app import with_app
from signing.core import migrating
from signing.core.vault import vault


@click.group("db")
def db_() -> None:
    """Prepare the database."""


@db_.command()
@with_app
def upgrade() -> None:
    """Bring database and key store to the newest version.

    Example: signing db upgrade
    """
    migrating.upgrade(current_app.extensions["signing.settings"])
    vault.make_keys()
    click.echo("Database and key store are at the newest version.")


@db_.command()
@click.argument("revision", default="base")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app
def downgrade(revision: str, *, yes: bool) -> None:
    """Take the database back to REVISION; data of younger tables is lost. Not the key store.

    Example: signing db downgrade 0001
    """
    if not yes:
        click.confirm("Data in the tables that go is lost. Go on?", abort=True)
    migrating.downgrade(current_app.extensions["signing.settings"], revision)


@db_.command()
@with_app
def check() -> None:
    """Exit status 1 if a migration is missing.

    Example: signing db check
    """
    behind = migrating.list_behind(current_app.extensions["signing.settings"])
    if behind:
        raise click.ClickException(f"Run `signing db upgrade`: {', '.join(behind)} is behind.")
    click.echo("Database and key store are at the newest version.")
