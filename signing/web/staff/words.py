"""What roles and states are called, and letters where one is chosen."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l

from signing.core.ids import HOUSE
from signing.letters import listing
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose
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
PURPOSES = {
    ConsentPurpose.SIGN: _l("Signing"),
    ConsentPurpose.SHOW_NAME: _l("Showing the name"),
    ConsentPurpose.NEWS: _l("News about this letter"),
    ConsentPurpose.NEWSLETTER: _l("Newsletter"),
    ConsentPurpose.FOLLOW_UP: _l("A follow-up letter"),
    ConsentPurpose.PARTNER: _l("A partner's newsletter"),
    ConsentPurpose.PAPER: _l("Signing on paper"),
}


def titles(where: Reach, locale: str) -> list[tuple[str, str]]:
    """The letters within reach: ids as forms carry them, with their titles."""
    return [(id_.hex, title) for id_, title in letter_names(locale).items() if id_ in where]


def letter_names(locale: str) -> dict[UUID, str]:
    """What every letter is called; the nil UUID has no name here."""
    called = listing.name(letters.list_all(), locale)
    return {id_: one.title for id_, one in called.items()}


def letter_id(text: str | None) -> UUID:
    """The id that a form carries; the form has checked that it was offered."""
    return UUID(hex=text) if text else HOUSE
