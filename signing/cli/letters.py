"""Letters as folders of Markdown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app

from signing.cli.app import OPERATOR, with_addresses, with_app
from signing.cli.papers import papers_
from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.links import absolute
from signing.core.settings import Settings
from signing.counts import queries as counts
from signing.letters import (
    actions,
    files,
    folder_reader,
    folder_writer,
    pictures,
    queries,
    switches,
)
from signing.letters.actions import Imported, ImportRules
from signing.letters.folder import Folder
from signing.letters.models import Letter, ProofOfWork
from signing.signatures import queries as signatures
from signing.web.addresses import reserved_slugs


@click.group("letters")
def letters_() -> None:
    """Letters and their translations."""


letters_.add_command(papers_)


@letters_.command("import")
@click.argument(
    "path", metavar="FOLDER", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option(
    "--slug", help="The letter's address; else `slug` of the front matter, else the folder's name."
)
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Stands for front matter."
)
@click.option("--open", "is_open", is_flag=True, help="Take signatures from now on.")
@click.option("--default-locale", default=locales.SOURCE, show_default=True)
@click.option("--base-url", default="", help="What relative links in the text are relative to.")
@click.option(
    "--shortcodes",
    type=click.Choice(["keep", "drop"]),
    default="keep",
    show_default=True,
    help="What becomes of words inside a site generator's blocks.",
)
@click.option("--correction", default="", help="Why a text that people have signed is changed.")
@with_addresses
def import_(
    path: Path,
    *,
    slug: str | None,
    settings: tuple[str, ...],
    is_open: bool,
    default_locale: str,
    base_url: str,
    shortcodes: str,
    correction: str,
) -> None:
    """Read a letter from FOLDER, one Markdown file a language; all of it or nothing.

    Example: signing letters import ./leavex --slug leavex --set controller="Friends, 1 Road"
    --set contact=hello@example.org --set to="All politicians" --open
    """
    if default_locale not in locales.languages():
        why = files.no_language(default_locale)
        raise click.BadParameter(why, param_hint="--default-locale")
    read = folder_reader.read(
        path,
        known_locales=set(locales.languages()),
        default_locale=default_locale,
        base_url=base_url,
        keep_shortcode_words=shortcodes == "keep",
        settings=_pairs(settings) | ({"state": "open"} if is_open else {}),
    )
    slug = slug or str(read.settings.get("slug") or path.resolve().name)
    existing = queries.find_by_slug(slug)
    with transaction():
        imported = actions.import_folder(
            read, _rules(slug, correction, has_signatures=_is_signed(existing)), by=OPERATOR
        )
    _tell(read, imported)


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    for pair in settings:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} needs the form KEY=VALUE", param_hint="--set")
    return dict(pair.split("=", 1) for pair in settings)


def _is_signed(letter: Letter | None) -> bool:
    return letter is not None and signatures.has_confirmed(letter.id, to_change=True)


def _rules(slug: str, correction: str, *, has_signatures: bool) -> ImportRules:
    settings: Settings = current_app.extensions["signing.settings"]
    return ImportRules(
        slug=slug,
        reserved=reserved_slugs(current_app),
        has_signatures=has_signatures,
        names_until=(clock.now() + timedelta(days=settings.names_days)).date(),
        correction=correction,
    )


def _tell(read: Folder, imported: Imported) -> None:
    for note in read.notes:
        click.echo(f"{note.file}:{note.line}: {note.what}", err=True)
    letter = imported.letter
    for what, tags in (
        ("new", imported.added),
        ("changed", imported.changed),
        ("unchanged", imported.unchanged),
        ("stale (the original changed since)", imported.stale),
    ):
        if tags:
            click.echo(f"{what}: {' '.join(sorted(tags))}")
    click.echo(
        f"{letter.slug} is {letter.state}: {absolute('site.letters.choose', slug=letter.slug)}"
    )


@letters_.command()
@click.argument("slug")
@click.argument("path", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@with_app
def export(slug: str, path: Path) -> None:
    """Write a letter to FOLDER in the shape that `import` reads.

    Example: signing letters export leavex ./leavex
    """
    letter = queries.find_by_slug(slug)
    if letter is None:
        raise queries.NoSuchLetter
    default, others, settings = queries.as_folder(letter)
    picture = pictures.find_largest(letter) or b""
    phrases = queries.list_phrases(letter)
    folder_writer.write(path, default, others, settings, phrases, picture)
    click.echo(f"{1 + len(others)} languages written to {path}")


@letters_.command("list")
@with_app
def list_() -> None:
    """All letters with state, count and languages.

    Example: signing letters list
    """
    for letter in queries.list_all():
        tags = " ".join(queries.list_locales(letter.id))
        click.echo(f"{letter.slug}\t{letter.state}\t{counts.total(letter.id).n}\t{tags}")


@letters_.command()
@click.argument("slug")
@click.argument("wanted", metavar="on|off", type=click.Choice(["on", "off"]))
@with_app
def reminders(slug: str, wanted: str) -> None:
    """Ask whoever signed and has not pressed the button once more by mail, or do not.

    Example: signing letters reminders leavex on
    """
    letter = queries.find_by_slug(slug)
    if letter is None:
        raise queries.NoSuchLetter
    with transaction():
        switches.switch_reminders(letter, is_on=wanted == "on", by=OPERATOR)
    click.echo(f"{slug}: reminders are {wanted}")


@letters_.command()
@click.argument("slug")
@click.argument(
    "wanted", metavar="auto|on|off", type=click.Choice([one.value for one in ProofOfWork])
)
@with_app
def work(slug: str, wanted: str) -> None:
    """Have browsers prove work before a form is taken: always, never, or in a rush (auto).

    Off also means that nothing is counted for this letter's form, so that it cannot be flagged.

    Example: signing letters work leavex on
    """
    letter = queries.find_by_slug(slug)
    if letter is None:
        raise queries.NoSuchLetter
    with transaction():
        switches.set_work(letter, ProofOfWork(wanted), by=OPERATOR)
    click.echo(f"{slug}: work is {wanted}")
