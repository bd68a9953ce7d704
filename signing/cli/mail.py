"""Mail that comes back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from signing import create_app
from signing.cli.app import with_app
from signing.core.db import transaction
from signing.core.master_keys import MasterKeyMissing
from signing.core.settings import Settings, SettingsBroken
from signing.mail import bounce_box, bounces
from signing.mail.bounce_box import BoxBroken
from signing.signatures import bounced

# sysexits.h: a mail server keeps the mail and comes again. Any other status, and it would send a
# bounce of the bounce, or throw it away.
TRY_LATER = 75
NOT_OURS = "no bounce of ours"


@click.group("mail")
def mail_() -> None:
    """Mail that comes back: bounces and complaints."""


@mail_.command()
@click.option("--to", default="", metavar="ADDRESS", help="The address it was delivered to.")
def bounce(to: str) -> None:
    """Take a message that came back, from standard input: for a mail server's pipe.

    Exit status 0, also for what is no bounce of ours; 75 where it should be tried again later.

    Example: signing mail bounce --to bounces+abc@letters.example.org < message.eml
    """
    raw = _read(sys.stdin.buffer)
    with _or_later(), create_app(has_doors=False).app_context():
        click.echo(_take(raw, to))


def _read(stream: BinaryIO) -> bytes:
    """The beginning; the rest is read too, because mail servers mind a pipe that breaks."""
    raw = stream.read(bounces.MOST_BYTES)
    while stream.read(bounces.MOST_BYTES):
        pass
    return raw


@contextmanager
def _or_later() -> Iterator[None]:
    try:
        yield
    except (SettingsBroken, MasterKeyMissing, SQLAlchemyError, OSError) as error:
        click.echo(f"Not taken, try again later: {type(error).__name__}.", err=True)
        sys.exit(TRY_LATER)


def _take(raw: bytes, to: str = "") -> str:
    """Act on it; returns what it was, in words without anybody's data."""
    found = bounces.read(raw, to=to)
    if found is None:
        return NOT_OURS
    with transaction():
        is_heeded = bounced.heed(found)
    heeded = "heeded" if is_heeded else "nothing to do"
    return " ".join(part for part in (found.verdict, found.status, heeded) if part)


@mail_.command("fetch-bounces")
@with_app
def fetch_bounces() -> None:
    """Empty the mailbox of SIGNING_BOUNCE_BOX: act on bounces, put the rest into its folder Other.

    Example: signing mail fetch-bounces
    """
    settings: Settings = current_app.extensions["signing.settings"]
    if not settings.bounce_box:
        raise BoxBroken("SIGNING_BOUNCE_BOX is not set: where are the bounces?")
    figures: Counter[str] = Counter()
    with bounce_box.opened(settings.bounce_box) as box:
        for key in box.list_keys():
            raw = box.read(key)
            if not raw:  # somebody else took it
                continue
            taken = _take(raw)  # where the database is away, this mail and the rest stay
            figures[taken] += 1
            if taken == NOT_OURS:
                box.put_aside(key)
            else:
                box.delete(key)
    for taken, n in sorted(figures.items()):
        click.echo(f"{n}\t{taken}")
    click.echo(f"{figures.total()} mails taken out.")
