"""What a command says when it cannot do its work: one plain sentence, never a traceback."""

from __future__ import annotations

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from signing.core.master_keys import MasterKeyMissing
from signing.core.refusals import Refusal
from signing.core.settings import SettingsBroken

HELP = "is it there, and has `signing db upgrade` been run? `signing doctor` tells more."


def sentences(error: Exception) -> list[str]:
    """Nothing for what nobody expected: that is a fault of ours."""
    match error:
        case SettingsBroken():
            return error.mistakes
        case Refusal() | MasterKeyMissing() | CommandError() | ValueError():
            return [str(error)]
        case SQLAlchemyError():
            return [f"The database says no ({type(error).__name__}): {HELP}"]
        case OSError():
            return [f"{error.filename or 'A file'}: {error.strerror}"]
    return []


def tell(error: Exception) -> bool:
    """Whether there was something to say; on standard error."""
    told = sentences(error)
    for sentence in told:
        click.echo(sentence, err=True)
    return bool(told)
