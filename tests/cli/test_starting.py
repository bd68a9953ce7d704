"""What a command loads: no more than it needs, for each of them is started anew."""

from __future__ import annotations

import subprocess
import sys

import click

from signing import ROOT
from signing.cli import grouping
from signing.cli import signing as commands

HEAVY = ("fpdf", "webauthn", "PIL", "alembic", "xlsxwriter", "pyrage", "aiosmtpd")


def loaded(asked: str) -> set[str]:
    """The modules of a process of its own that did this."""
    told = f"import sys; {asked}; print(*sys.modules)"
    run = [sys.executable, "-c", told]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_list_of_commands_loads_none_of_them_and_is_complete() -> None:
    there = loaded("import signing.cli")
    assert not there & {"flask", "sqlalchemy", "pydantic", "signing.cli.letters", *HEAVY}

    context = click.Context(commands)
    for name in grouping.COMMANDS:
        command = commands.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "")[:4] == grouping.COMMANDS[name][:4]
    assert commands.get_command(context, "nonsense") is None


def test_pages_and_what_few_of_them_need_are_loaded_when_asked_for() -> None:
    worker = loaded("import signing.cli.worker, signing.application; from signing.web import doors")
    assert not worker & {*HEAVY}
    command = loaded("import signing.cli.counts, signing.cli.staff, signing.application")
    assert not command & {"signing.web.site", "signing.web.staff", *HEAVY}
