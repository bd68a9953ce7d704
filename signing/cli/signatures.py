"""Signatures of a letter: carried out, looked at, proved."""

from __future__ import annotations

import click

from signing.cli import collected, exporting, flagged, proof


@click.group("signatures")
def signatures_() -> None:
    """Signatures of a letter."""


for command in (collected.import_, exporting.export, proof.proof, flagged.flagged):
    signatures_.add_command(command)
