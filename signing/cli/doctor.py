"""What is wrong with this installation, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import click
from sqlalchemy.exc import SQLAlchemyError

from signing import create_app
from signing.cli import doctor_dns, restore
from signing.core import migrating
from signing.core.ids import HOUSE
from signing.core.limits import limits
from signing.core.master_keys import MasterKeyMissing
from signing.core.settings import Settings, SettingsBroken, read_settings
from signing.core.vault import Unreadable, vault
from signing.letters import wordings
from signing.mail import bounce_box, outbox, smtp
from signing.mail.bounce_box import BoxBroken
from signing.mail.models import MailState


@click.command()
def doctor() -> None:
    """Say what is wrong in settings, databases, keys and mail; exit status 1 if anything is.

    Example: signing doctor
    """
    try:
        settings = read_settings(os.environ)
    except SettingsBroken as broken:
        for mistake in broken.mistakes:
            click.echo(f"WRONG  {mistake}")
        raise SystemExit(1) from None
    with create_app(settings, has_doors=False).app_context():
        faults = [fault for check in CHECKS for fault in check(settings)]
        hints = [*_hints(settings), *_unreviewed(faults)]
    for finding in doctor_dns.look(settings):
        (faults if finding.is_fault else hints).append(finding.text)
    for hint in hints:
        click.echo(f"hint   {hint}")
    for fault in faults:
        click.echo(f"WRONG  {fault}")
    if faults:
        raise SystemExit(1)
    click.echo("All is well.")


def _databases(settings: Settings) -> Iterator[str]:
    try:
        behind = migrating.list_behind(settings)
    except SQLAlchemyError as error:
        yield f"a database cannot be reached: {type(error).__name__}. Check SIGNING_DATABASE_URL"
        return
    for store in behind:
        yield f"the {store} lacks migrations. Run `signing db upgrade`"


def _keys(_settings: Settings) -> Iterator[str]:
    try:
        vault.digest(HOUSE, "")
    except (Unreadable, MasterKeyMissing, SQLAlchemyError):
        yield (
            "the house keys cannot be opened. If this is new, run `signing db upgrade`; "
            "else check SIGNING_MASTER_KEYS and SIGNING_KEYSTORE_URL"
        )


def _smtp(settings: Settings) -> Iterator[str]:
    try:
        with smtp.Connection(smtp.SmtpUrl.parse(settings.smtp_url)) as connection:
            connection.check()
    except ValueError as error:
        yield f"SIGNING_SMTP_URL: {error}"
    except (smtp.Unreachable, smtp.Refused) as error:
        yield f"the mail server of SIGNING_SMTP_URL does not answer as it should: {error}"


def _bounce_box(settings: Settings) -> Iterator[str]:
    if settings.bounce_box:
        try:
            with bounce_box.opened(settings.bounce_box) as box:
                box.list_keys()
        except BoxBroken as broken:
            yield str(broken)


def _limits(_settings: Settings) -> Iterator[str]:
    if not limits.is_there():
        yield (
            "nobody counts who knocks how often, so nobody is limited. "
            "Check SIGNING_REDIS_URL, or run `signing db upgrade`"
        )


def _dead_letters(_settings: Settings) -> Iterator[str]:
    try:
        dead = outbox.count_by_state().get(MailState.DEAD, 0)
        newest = outbox.list_dead()
    except SQLAlchemyError:
        return
    if dead:
        yield f"{dead} mails were given up:"
    for mail_id, kind, error in newest:
        yield f"  {mail_id} {kind}: {error}"


CHECKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _databases,
    _keys,
    _smtp,
    _bounce_box,
    _limits,
    _dead_letters,
    restore.list_faults,
)


def _hints(settings: Settings) -> Iterator[str]:
    host = urlsplit(settings.base_url).hostname
    if settings.base_url.startswith("http:") and host not in {"127.0.0.1", "localhost"}:
        yield "SIGNING_BASE_URL is not https: names and addresses would travel in the clear"
    if settings.base_url.startswith("https:") and not settings.trusted_proxies:
        yield "behind a proxy all visitors are one to us: set SIGNING_TRUSTED_PROXIES"
    if not (settings.operator and settings.operator_address):
        yield "the imprint is thin: set SIGNING_OPERATOR and SIGNING_OPERATOR_ADDRESS"
    if settings.database_url.startswith("sqlite"):
        yield "SQLite serves one machine; for a big campaign set SIGNING_DATABASE_URL to PostgreSQL"


def _unreviewed(faults: list[str]) -> Iterator[str]:
    if not faults and (n := wordings.count_unreviewed()):
        yield f"{n} wordings are our templates, not yet approved by a named person"
