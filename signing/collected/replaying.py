"""Taking out once more, after a restore, who signed elsewhere and was taken out."""

from __future__ import annotations

from signing.collected import actions, entering
from signing.collected.models import Collection, State
from signing.core.db import db
from signing.core.keystore import Forgotten, TakenBack


def _take_out(one: TakenBack) -> bool:
    return entering.take_out(one.letter_id, one.signature_id)


def _undo(one: TakenBack) -> bool:
    """A worker sweeps its rows out, as it does when nobody else has."""
    collection = db.session.get(Collection, (one.letter_id, one.signature_id))
    if collection is None or collection.state == State.UNDONE:
        return False
    actions.end(collection)
    return True


REPLAYS = {Forgotten.COLLECTED_REMOVED: _take_out, Forgotten.COLLECTION_UNDONE: _undo}
