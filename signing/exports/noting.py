"""Who was in an export, noted before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, Uuid, literal, select, type_coerce

from signing.core.db import db, insert
from signing.exports.choice import Preset, is_shown
from signing.exports.models import Exported
from signing.exports.rows import Reader
from signing.signatures.models import Signature


def note(reader: Reader, after: UUID, ids: Sequence[UUID]) -> None:
    """Note the rows that `reader` has read since `after`; in the moment in which it read them.

    The database fills in its own ids; only where some were left out, it is told which stay.
    """
    carried = select(
        literal(reader.letter_id, Uuid()),
        literal(reader.export_id, Uuid()),
        Signature.id,
        type_coerce(is_shown(), Boolean()),
    ).where(*reader.conditions(), Signature.id > after, Signature.id <= reader.after)
    if reader.choice.preset is Preset.MAILING:
        carried = carried.where(Signature.id.in_(ids))
    names = ["letter_id", "export_id", "signature_id", "is_shown"]
    # Fetched again, it carries whom it has carried before.
    db.session.execute(insert(Exported).from_select(names, carried).on_conflict_do_nothing())
