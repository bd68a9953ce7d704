"""After a backup was put back: what people took back in between stays taken back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from signing.audit import Verb, log
from signing.audit import queries as audit
from signing.cli.app import OPERATOR, with_app
from signing.collected import replaying as collected
from signing.core import marks
from signing.core.db import db, let_go, transaction
from signing.core.keystore import Forgotten, TakenBack
from signing.core.settings import Settings
from signing.core.vault import vault
from signing.exports import retention as exports
from signing.letters import queries as letters
from signing.letters.models import Letter, State
from signing.news import replaying as news
from signing.partners import replaying as partners
from signing.signatures import queries as signatures
from signing.signatures import replaying
from signing.staff_accounts import replaying as staff_accounts
from signing.worker import retaining

# What is no signature, by the package that knows how it ends.
OTHERS: dict[Forgotten, Callable[[TakenBack], bool]] = {
    **collected.REPLAYS,
    **news.REPLAYS,
    **partners.REPLAYS,
    **staff_accounts.REPLAYS,
}
STILLED = {
    "paused": "{} mailings paused: look which have been sent, then resume or stop them",
    "let_go": "{} exports let go: ask for them again",
    "signed_out": "{} sessions of staff ended: everybody signs in again",
}


@click.group("restore")
def restore_() -> None:
    """After a backup was put back."""


@restore_.command()
@with_app
def check() -> None:
    """Take back once more what people took back since the backup; then the worker works again.

    May be run at any time, and again if it was interrupted.

    Example: signing restore check
    """
    seen = marks.read()
    stilled = _still() if seen.is_restored else {}
    noted, replayed = _replay_all()
    erased = _list_to_erase()
    for letter in erased:
        retaining.erase(letter, by=OPERATOR)
    figures = {"noted": noted, "erased": len(erased)} | stilled | dict(replayed)
    with transaction():
        log.record(Verb.RESTORE_CHECKED, by=OPERATOR, subject="restore", details=figures)
        marks.forget_lost()
        n = marks.count_up(beyond=seen.keystore)
    marks.raise_keystore(n)
    click.echo(f"{noted} notes in the key store.")
    for what, number in sorted(replayed.items()):
        click.echo(f"{what}: {number} done again")
    for letter in erased:
        click.echo(f"{letter.slug}: erased again")
    for what, number in stilled.items():
        if number:
            click.echo(STILLED[what].format(number))
    click.echo("Checked: the worker may work.")


def _replay_all() -> tuple[int, Counter[str]]:
    """How many notes there are, and by their sort how many had to be done again."""
    noted, replayed = 0, Counter[str]()
    for batch in _batches():
        with transaction():
            replayed.update(replaying.replay([one for one in batch if one.what not in OTHERS]))
            replayed.update(one.what for one in batch if one.what in OTHERS and _replay(one))
        db.session.expunge_all()
        noted += len(batch)
    return noted, replayed


def _replay(one: TakenBack) -> bool:
    return OTHERS[one.what](one)


def _still() -> dict[str, int]:
    """What nobody has noted and might do harm waits for a person; by its sort, how much."""
    with transaction():
        return {
            "paused": news.pause_all(by=OPERATOR),
            "let_go": exports.let_go_open(),
            "signed_out": staff_accounts.end_sessions(),
        }


def _batches() -> Iterator[list[TakenBack]]:
    """What was taken back, a batch at a time; how far it is, on a terminal."""
    last = None
    noted = 0
    while batch := vault.store.list_forgotten(last, limit=replaying.BATCH):
        yield batch
        last, noted = batch[-1], noted + len(batch)
        if sys.stderr.isatty():
            click.echo(f"\r{noted} notes …", err=True, nl=False)


def _list_to_erase() -> list[Letter]:
    """Letters that one of the two stores knows to be erased, and the other not yet."""
    let_go()
    dark = set(vault.store.list_erased())
    lit = {one.owner_id for one in vault.store.list_living()}
    return [
        letter
        for letter in letters.list_all()
        if (letter.id in dark and not _is_empty(letter))
        or (letter.id in lit and audit.has_happened(letter.id, Verb.LETTER_ERASED))
    ]


def _is_empty(letter: Letter) -> bool:
    return letter.state == State.ARCHIVED and not signatures.has_any(letter.id)


def list_faults(_settings: Settings) -> Iterator[str]:
    """For the doctor: which of the two stores was restored and not checked."""
    try:
        found, lost = marks.read(), marks.read_mark(marks.LOST)
    except SQLAlchemyError:  # others say so
        return
    if found.is_restored:
        yield "the database was restored from a backup. Run `signing restore check`"
    if lost := max(lost, found.lost):
        yield (
            f"the key store was restored from a backup, about {lost} minutes old. What people took "
            "back in that time is not noted any more. Run `signing keys check`, then "
            "`signing restore check`"
        )
