"""The group of all commands: each is loaded when it is called, none for the list of them."""

from __future__ import annotations

from importlib import import_module

import click

# What stands before each command in the list; in the order of a first day. Its module has it again.
COMMANDS = {
    "demo": "Try it out, with demo letters and a mail server that keeps all mail.",
    "serve": "Serve the web pages; put nginx in front in production.",
    "worker": "Send mail, roll up counts, do what takes long; any number may run.",
    "db": "Prepare the database.",
    "doctor": "Say what is wrong in settings, databases, keys and mail.",
    "letters": "Letters and their translations.",
    "domains": "Mail domains that are always or never accepted.",
    "mail": "Mail that comes back: bounces and complaints.",
    "signatures": "Signatures of a letter.",
    "collected": "Signatures collected on paper and elsewhere.",
    "staff": "Members of the staff area.",
    "counts": "The count of each letter.",
    "erase": "Destroy a letter's key and delete who signed it. Cannot be undone.",
    "keys": "Keys of this installation.",
    "restore": "After a backup was put back.",
}


class Commands(click.Group):
    """The command `name` is what is called `name`, or `name_` of a group, in `signing.cli.name`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"signing.cli.{cmd_name}")
        found: click.Command = getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)
        return found

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])
