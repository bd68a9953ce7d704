"""What is to be done until a letter can open, step by step: shown wherever its draft is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.letters import reviewing, states, writing
from signing.letters.models import Letter
from signing.staff_accounts.roles import Act
from signing.web.staff import gate

# What the law wants named, and how it is called where it is missing.
WHO = {
    "to": _l("whom it is addressed to"),
    "controller": _l("who is responsible"),
    "contact": _l("an address for questions"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a step still lacks, and the field where it is entered."""

    words: LazyString
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; without an address the member who looks cannot do it."""

    words: LazyString
    address: str
    is_done: bool
    is_optional: bool = False
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps in the order in which one takes them; the last is to open the letter."""

    steps: list[Step]
    can_open: bool
    opening: Step

    @property
    def following(self) -> Step:
        """What comes next."""
        waiting = (step for step in self.steps if not (step.is_done or step.is_optional))
        return next(waiting, self.opening)


def of(letter: Letter) -> Checklist:
    lacking = states.list_lacking(letter)
    may_edit = gate.signed().may(Act.EDIT_LETTER, letter.id)
    opening = url_for("staff.states.show", slug=letter.slug) if may_edit else ""
    return Checklist(
        list(_steps(letter, lacking, may_edit=may_edit)),
        can_open=not lacking,
        opening=Step(_l("Open the letter"), opening, is_done=False),
    )


def _steps(letter: Letter, lacking: list[str], *, may_edit: bool) -> Iterator[Step]:
    def at(endpoint: str, **values: Any) -> str:
        return url_for(f"staff.{endpoint}", slug=letter.slug, **values) if may_edit else ""

    original = writing.get_original(letter)
    is_written = bool(original.title and original.body.strip())
    editor = at("texts_editor.show", into=letter.default_locale)
    yield Step(_l("Write the text"), editor, is_done=is_written)
    is_published = "text" not in lacking
    yield Step(_l("Publish it in its own language"), at("texts.show"), is_done=is_published)
    who = at("settings.show_group", group="who")
    missing = tuple(
        Missing(words, f"{who}#{name}" if who else "")
        for name, words in WHO.items()
        if name in lacking
    )
    yield Step(_l("Say who asks whom"), who, is_done=not missing, missing=missing)
    has_picture = letter.picture is not None
    picture = at("settings_picture.show")
    yield Step(_l("Add a picture"), picture, is_done=has_picture, is_optional=True)
    agreed_to = _l("Read and approve the sentences that people agree to")
    yield Step(agreed_to, at("wordings.show"), is_done=reviewing.is_approved(letter))
