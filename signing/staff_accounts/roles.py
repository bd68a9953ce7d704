"""Which role may do what, and for which letter and language. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from signing.core.ids import HOUSE


class Role(StrEnum):
    OWNER = "owner"  # everything, and who else may do what
    EDITOR = "editor"  # writes letters and their settings
    TRANSLATOR = "translator"  # writes the languages that the role names
    MODERATOR = "moderator"  # sees signatures, hides names, sets signatures aside
    EXPORTER = "exporter"  # carries signatures out
    VIEWER = "viewer"  # sees letters and figures


class Act(StrEnum):
    """What is asked for: every page of the staff area names one."""

    SEE_HOME = "see_home"  # the list of one's letters
    KEEP_ACCOUNT = "keep_account"  # one's own password, sessions, language
    SET_UP = "set_up"  # the same, before a second factor is there
    SEE_LETTER = "see_letter"
    EDIT_LETTER = "edit_letter"
    TRANSLATE = "translate"
    SEE_SIGNATURES = "see_signatures"
    MODERATE = "moderate"
    COLLECT = "collect"  # bring in what was signed on paper and elsewhere
    MANAGE_PARTNERS = "manage_partners"  # partners, their arrangements, codes of one's own
    MANAGE_PROGRAMS = "manage_programs"  # what programs of partners are told, and with which keys
    MANAGE_TOKENS = "manage_tokens"  # what the campaign's own programs may do
    EXPORT = "export"
    READ_AUDIT = "read_audit"
    EXPORT_AUDIT = "export_audit"
    MANAGE_MEMBERS = "manage_members"


# Whoever belongs to the staff at all may do these, with whatever role.
OWN = frozenset({Act.SEE_HOME, Act.KEEP_ACCOUNT, Act.SET_UP})
_READER = OWN | {Act.SEE_LETTER}
MAY: dict[Role, frozenset[Act]] = {
    Role.OWNER: frozenset(Act),
    Role.EDITOR: _READER
    | {Act.EDIT_LETTER, Act.TRANSLATE, Act.COLLECT, Act.MANAGE_PARTNERS, Act.READ_AUDIT},
    Role.TRANSLATOR: _READER | {Act.TRANSLATE},
    Role.MODERATOR: _READER | {Act.SEE_SIGNATURES, Act.COLLECT, Act.MODERATE},
    Role.EXPORTER: _READER | {Act.SEE_SIGNATURES, Act.EXPORT},
    Role.VIEWER: _READER,
}
NEEDS_SECOND_FACTOR = frozenset({Role.OWNER, Role.EXPORTER, Role.MODERATOR})


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has, for one letter or all; a translator's with its languages."""

    role: Role
    letter_id: UUID = HOUSE
    locales: tuple[str, ...] = ()

    def allows(self, act: Act, locale: str) -> bool:
        """A translator writes the languages of the role and no others."""
        if act not in MAY[self.role]:
            return False
        is_bound = self.role is Role.TRANSLATOR and act is Act.TRANSLATE and locale
        return not is_bound or locale in self.locales


@dataclass(frozen=True, slots=True)
class Reach:
    """The letters for which somebody may do a thing: these, or all there are and will be."""

    is_all: bool
    letters: frozenset[UUID]

    def __bool__(self) -> bool:
        return self.is_all or bool(self.letters)

    def __contains__(self, letter_id: UUID) -> bool:
        return self.is_all or letter_id in self.letters


def may(held: Collection[Held], act: Act, letter_id: UUID = HOUSE, locale: str = "") -> bool:
    """Whether somebody with these roles may do it to this letter; the nil UUID is all of them."""
    return letter_id in reach(held, act, locale)


def reach(held: Collection[Held], act: Act, locale: str = "") -> Reach:
    """Where somebody with these roles may do it."""
    letters = {one.letter_id for one in held if one.allows(act, locale)}
    return Reach(HOUSE in letters, frozenset(letters - {HOUSE}))


def only_translates(held: Collection[Held], letter_id: UUID) -> bool:
    """Whether words are all that somebody has to do with this letter."""
    return {one.role for one in held if one.letter_id in (HOUSE, letter_id)} == {Role.TRANSLATOR}


def may_somewhere(held: Collection[Held], act: Act) -> bool:
    return bool(reach(held, act))


def needs_second_factor(held: Collection[Held]) -> bool:
    return any(one.role in NEEDS_SECOND_FACTOR for one in held)
