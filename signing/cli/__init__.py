"""The operator's door: one file a command group; it starts the other doors."""

from __future__ import annotations

import sys

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from signing.cli import (
    collected,
    counts,
    db,
    demo,
    doctor,
    domains,
    erase,
    keys,
    letters,
    mail,
    restore,
    serve,
    signatures,
    staff,
    worker,
)
from signing.core.master_keys import MasterKeyMissing
from signing.core.refusals import Refusal
from signing.core.settings import SettingsBroken

HELP = "is it there, and has `signing db upgrade` been run? `signing doctor` tells more."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="signing")
def signing() -> None:
    """Petitions and open letters: one letter in many languages, one honest count."""


for command in (
    demo.demo,
    serve.serve,
    worker.worker,
    db.db_,
    doctor.doctor,
    letters.letters_,
    domains.domains_,
    mail.mail_,
    signatures.signatures_,
    collected.collected_,
    staff.staff_,
    counts.counts_,
    erase.erase,
    keys.keys_,
    restore.restore_,
):
    signing.add_command(command)


def main() -> None:
    """Exit status 0: done; 1: refused or something is wrong; 2: the call's words are off."""
    try:
        signing(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SettingsBroken as broken:
        for mistake in broken.mistakes:
            click.echo(mistake, err=True)
        sys.exit(1)
    except (Refusal, MasterKeyMissing, CommandError, ValueError) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        click.echo(f"The database says no ({type(error).__name__}): {HELP}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or 'A file'}: {error.strerror}", err=True)
        sys.exit(1)
