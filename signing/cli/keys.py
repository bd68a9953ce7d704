"""Keys of this installation: fresh ones, new ones in place of old ones, and which are needed."""

from __future__ import annotations

import base64
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from signing.cli import rotating
from signing.cli.app import with_app
from signing.cli.in_flight import StillOpen
from signing.core import resealing
from signing.core.db import let_go
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose, OwnedKey
from signing.core.rotation import Rotation
from signing.core.settings import MASTER_KEY_BYTES
from signing.core.vault import vault
from signing.letters import queries as letters

BACKUPS = (
    "Now back up the database and the key store. Older backups of the database can be read only\n"
    "with a backup of the key store from before this."
)

OPEN = (
    "A transaction does not end: PostgreSQL's processes {}. Nothing was destroyed. Look who they "
    "are (pg_stat_activity), and run this again."
)


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


@keys_.command()
@click.option("--forsake", is_flag=True, help="Destroy keys of rows that cannot be opened, too.")
@with_app
def rotate(*, forsake: bool) -> None:
    """Put all keys under the first master key, and all personal data under new keys.

    Signing goes on meanwhile. It takes a minute and a half and the time for the rows; where it
    was interrupted, run it again.

    Example: signing keys rotate
    """
    rotation = Rotation(vault)
    begun = rotating.begin(rotation)
    click.echo(f"{begun.wrapped} keys put under the first master key.")
    with _bar(begun) as moved:
        done = rotating.sweep(begun.owners, moved)
    click.echo(f"{done} rows sealed anew. Waiting until nobody uses the old keys any more.")
    let_go()
    rotating.wait(begun, time.sleep)
    try:
        ended = rotating.finish(rotation, begun, time.sleep, forsaking=forsake)
    except StillOpen as open_:
        raise click.ClickException(OPEN.format(", ".join(map(str, open_.pids)))) from None
    click.echo(f"{ended.done} more rows sealed anew, {ended.destroyed} old keys destroyed.")
    click.echo(BACKUPS)
    names = _names()
    for owner_id, n in ended.unreadable.items():
        click.echo(f"{names[owner_id]}: {n} rows cannot be opened.", err=True)
    if ended.unreadable and not forsake:
        raise click.ClickException("Their old keys were kept. To give them up: --forsake")


@contextmanager
def _bar(begun: rotating.Begun) -> Iterator[rotating.Moved]:
    """A progress bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _n: None
        return
    length = rotating.count_old(begun.owners)
    with click.progressbar(length=length, label="Sealing anew", file=sys.stderr) as bar:
        yield bar.update


@keys_.command()
@with_app
def check() -> None:
    """Say which master keys are needed, and what cannot be opened; exit status 1 if anything.

    Example: signing keys check
    """
    living = Rotation(vault).list_living()
    names = _names()
    resting = Counter(one.key.master_key_id for one, _opens in living)
    for number, name in enumerate(vault.masters.names, 1):
        advice = "" if resting[name] or number == 1 else " It may be removed from the setting."
        click.echo(f"Master key {number} ({name}): {resting[name]} keys rest on it.{advice}")
    faults = [*_closed(living, names), *_keyless(living, names)]
    for line in _rows([one for one, _opens in living], names, faults):
        click.echo(line)
    for fault in faults:
        click.echo(f"WRONG  {fault}")
    if faults:
        raise SystemExit(1)
    click.echo("Everything can be opened.")


def _names() -> dict[UUID, str]:
    return {HOUSE: "the house"} | {letter.id: letter.slug for letter in letters.list_all()}


def _closed(living: list[tuple[OwnedKey, bool]], names: dict[UUID, str]) -> Iterator[str]:
    for one, opens in living:
        if not opens:
            owner = names.get(one.owner_id, str(one.owner_id))
            yield (
                f"{owner}: no master key of the setting opens key {one.purpose} "
                f"{one.key.version}, which rests on {one.key.master_key_id}"
            )


def _keyless(living: list[tuple[OwnedKey, bool]], names: dict[UUID, str]) -> Iterator[str]:
    """Owners that the key store knows nothing of: those it was told to destroy are no fault."""
    known = {one.owner_id for one, _opens in living} | set(vault.store.list_erased())
    for owner_id in names.keys() - known:
        yield f"{names[owner_id]}: the key store has no key"


def _rows(living: list[OwnedKey], names: dict[UUID, str], faults: list[str]) -> Iterator[str]:
    """Rows under old keys; rows whose key is gone are added to the faults."""
    versions: dict[UUID, list[int]] = {}
    for one in living:
        if one.purpose is KeyPurpose.SEAL:
            versions.setdefault(one.owner_id, []).append(one.key.version)
    for (owner_id, version), n in sorted(resealing.count_by_version(rotating.SHELVES).items()):
        owner, mine = names.get(owner_id, str(owner_id)), versions.get(owner_id, [])
        if version not in mine:
            faults.append(f"{owner}: {n} rows are sealed under key {version}, which is gone")
        elif version != mine[-1]:
            yield f"{owner}: {n} rows are under an old key. Run `signing keys rotate`"
