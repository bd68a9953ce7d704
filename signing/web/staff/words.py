"""What roles and states are called, and letters where one is chosen."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l

from signing.core.ids import HOUSE
from signing.letters import queries as letters
from signing.letters.models import State as LetterState
from signing.staff_accounts.models import State
from signing.staff_accounts.roles import Reach, Role

ROLES = {
    Role.OWNER: _l("Owner"),
    Role.EDITOR: _l("Editor"),
    Role.TRANSLATOR: _l("Translator"),
    Role.MODERATOR: _l("Moderator"),
    Role.EXPORTER: _l("Exporter"),
    Role.VIEWER: _l("Viewer"),
}
STATES = {
    State.INVITED: _l("Invited"),
    State.ACTIVE: _l("Active"),
    State.ENDED: _l("Ended"),
}
LETTER_STATES = {
    LetterState.DRAFT: _l("Draft: nobody outside sees it"),
    LetterState.OPEN: _l("Open: takes signatures"),
    LetterState.CLOSED: _l("Closed: takes no more signatures"),
    LetterState.DELIVERED: _l("Delivered"),
    LetterState.ARCHIVED: _l("Archived: text and number stay"),
}
LETTER_NAMES = {
    LetterState.DRAFT: _l("Draft"),
    LetterState.OPEN: _l("Open"),
    LetterState.CLOSED: _l("Closed"),
    LetterState.DELIVERED: _l("Delivered"),
    LetterState.ARCHIVED: _l("Archived"),
}


def titles(where: Reach, locale: str) -> list[tuple[str, str]]:
    """The letters within reach: ids as forms carry them, with their titles."""
    return [
        (one.id.hex, letters.get_title(one, locale))
        for one in letters.list_all()
        if one.id in where
    ]


def letter_names(locale: str) -> dict[UUID, str]:
    """What every letter is called; the nil UUID has no name here."""
    return {one.id: letters.get_title(one, locale) for one in letters.list_all()}


def letter_id(text: str | None) -> UUID:
    """The id that a form carries; the form has checked that it was offered."""
    return UUID(hex=text) if text else HOUSE
