"""The documents of data protection for one letter."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from sqlalchemy.engine import make_url

from signing import ROOT
from signing.cli.app import with_addresses
from signing.core import clock
from signing.core.links import absolute
from signing.core.settings import Settings
from signing.letters import papers, queries
from signing.letters.papers import Site
from signing.mail.smtp_url import Security, SmtpUrl, is_loopback

TEMPLATES = ROOT / "docs" / "data-protection"


@click.command("papers")
@click.argument("slug")
@click.argument(
    "path", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--force", is_flag=True, help="Write over documents that are there already.")
@with_addresses
def papers_(slug: str, path: Path | None, *, force: bool) -> None:
    """Fill the templates of docs/data-protection for a letter: they are no legal advice.

    FOLDER is SLUG-data-protection where none is given. What a person has to fill in is marked.

    Example: signing letters papers leavex ./leavex-papers
    """
    letter = queries.find_by_slug(slug)
    if letter is None:
        raise queries.NoSuchLetter
    subject = papers.describe(
        letter,
        queries.list_translations(letter.id),
        address=absolute("site.letters.choose", slug=letter.slug),
    )
    settings: Settings = current_app.extensions["signing.settings"]
    filled = papers.fill(TEMPLATES, letter=subject, site=site(settings), today=clock.now().date())
    folder = path or Path(f"{slug}-data-protection")
    papers.keep(filled, folder, force=force)
    for name, text in filled.items():
        click.echo(f"{name}: {papers.count_marks(text)} places for a person to fill in")
    click.echo(f"{len(filled)} documents written to {folder}")


def site(settings: Settings) -> Site:
    """The installation as the documents tell of it: no secret, no password, no path."""
    mail = SmtpUrl.parse(settings.smtp_url)
    return Site(
        name=settings.site_name,
        operator=settings.operator,
        operator_address=settings.operator_address,
        operator_contact=settings.operator_contact or settings.mail_from,
        base_url=settings.base_url,
        is_https=settings.base_url.startswith("https:"),
        mail_from=settings.mail_from,
        mail_server=mail.host,
        mail_is_encrypted=mail.security is not Security.NONE or is_loopback(mail.host),
        signs_mail=bool(settings.dkim_key),
        reads_bounces=bool(settings.bounce_address),
        asks_dns=settings.nameservers != ("off",),
        database=_kind(settings.database_url),
        key_store=_kind(settings.keystore_url),
        limits_store="Redis" if settings.redis_url else _limits(settings.database_url),
        pending_days=settings.pending_days,
        manage_days=settings.manage_days,
        confirm_days_after_closing=settings.confirm_days_after_closing,
        names_days=settings.names_days,
        closed_days=settings.sealed_days_after_closing,
        delivered_days=settings.sealed_days_after_delivery,
        mail_days=settings.settled_mail_days,
        bounced_days=settings.bounced_days,
        reminder_days=settings.reminder_days,
        mails_a_day=settings.mails_a_day,
        calm_a_minute=settings.calm_a_minute,
    )


def _kind(url: str) -> str:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    return "an SQLite file" if is_sqlite else "PostgreSQL"


def _limits(url: str) -> str:
    is_file = _kind(url) != "PostgreSQL"
    return "a file of their own" if is_file else "an unlogged table of PostgreSQL"
