"""Exports for tests, by the real verbs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from signing.core.db import transaction
from signing.exports import actions, carrying, queries
from signing.exports.choice import Choice
from signing.exports.models import Export
from signing.exports.purpose import Purpose
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures.wanted import Wanted
from tests import make


def choice(letter: Letter, **values: Any) -> Choice:
    return Choice(Wanted(letter.id), **values)


def carry_out(wanted: Choice, *, key: str = "") -> tuple[bytes, UUID]:
    """The file as the command line writes it, and the id of its export."""
    letter = letters.get(wanted.wanted.letter_id)
    with transaction():
        number = queries.count(wanted)
        why = Purpose("To hand over", "The council", key)
        begun = actions.carry_out(letter, wanted, why, by=make.OPERATOR, number=number)
    with tempfile.TemporaryDirectory() as data, carrying.begin(begun, Path(data)) as carrier:
        file = b"".join(carrier.pieces(transaction))
        with transaction():
            actions.finish(carrier)
        assert list(Path(data).iterdir()) == [] or begun.key or wanted.format == "xlsx"
    return file, begun.export_id


def look(letter: Letter, export_id: UUID) -> Export:
    return queries.get(letter.id, export_id, to_change=True)
