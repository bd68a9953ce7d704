"""The operator's door: one file a command group; it starts the other doors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from signing.cli.grouping import Commands
from signing.core.later import later

if TYPE_CHECKING:
    from signing.cli import failing
else:
    failing = later("signing.cli.failing")


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="signing")
def signing() -> None:
    """Petitions and open letters: one letter in many languages, one honest count."""


def main() -> None:
    """Exit status 0: done; 1: refused or something is wrong; 2: the call's words are off."""
    try:
        signing(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if not failing.tell(error):
            raise
        sys.exit(1)
