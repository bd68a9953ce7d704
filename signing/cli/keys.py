"""Fresh keys."""

from __future__ import annotations

import base64
import os
import secrets

import click

from signing.core.settings import MASTER_KEY_BYTES


def fresh() -> dict[str, str]:
    """New keys by the names of their settings."""
    return {
        "SIGNING_SECRET_KEYS": secrets.token_urlsafe(48),
        "SIGNING_MASTER_KEYS": base64.urlsafe_b64encode(os.urandom(MASTER_KEY_BYTES)).decode(),
    }


@click.group("keys")
def keys_() -> None:
    """Keys of this installation."""


@keys_.command()
def new() -> None:
    """Print fresh keys; keep them safe, apart from the database's backups.

    Example: signing keys new >> signing.env
    """
    for name, value in fresh().items():
        click.echo(f"{name}={value}")
