"""A form for a group of a letter's settings: what all of them share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import Length, StopValidation

from signing.letters.models import Letter
from signing.web.staff import numbers
from signing.web.staff.forms import Plain

LONGEST = 300


def one_line(value: str | None) -> str:
    """One line: what goes into headers of mails must be one."""
    return " ".join((value or "").split())


def at_most(most: int) -> Length:
    return Length(max=most, message=_l("This is too long."))


class WholeNumber(IntegerField):
    """Says in our words what it wants, where it gets something else; empty is none."""

    def __init__(self, label: LazyString, *args: Any, wants: LazyString, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.wants = wants

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip()
        self.data = numbers.whole(text)
        if text and self.data is None:
            raise ValueError(self.wants)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # so WTForms calls it
        """What is no number is said once: no range is asked about it."""
        if self.process_errors:
            raise StopValidation


@dataclass(frozen=True, slots=True)
class Sample:
    """A colour on the ground that it has to be read on."""

    colour: str
    ground: str


class GroupForm(Plain):
    """A group of settings; what one field means stands in `values` under the letter's own name."""

    name: ClassVar[str]
    label: ClassVar[LazyString]
    names: ClassVar[tuple[str, ...]]  # of the letter
    samples: tuple[Sample, ...] = ()
    suggestion = ""  # a value that would do, where the one that was sent does not

    seen = HiddenField()

    def fit(self, letter: Letter, *, is_signed: bool) -> GroupForm:
        """For this letter as it is now."""
        self.letter, self.is_signed = letter, is_signed
        self.offer()
        return self

    def offer(self) -> None:
        """Fill what there is to choose from."""

    @classmethod
    def shown(cls, letter: Letter) -> dict[str, Any]:
        """What the fields show for the letter as it is."""
        return {name: getattr(letter, name) for name in cls.names}

    def values(self) -> dict[str, Any]:
        """By the letter's own names, once the form is valid."""
        return {name: self[name].data for name in self.names}

    @classmethod
    def mark(cls, letter: Letter) -> str:
        """Changes when anybody changes one of these settings."""
        plain = json.dumps([str(getattr(letter, name)) for name in cls.names])
        return hashlib.sha256(plain.encode()).hexdigest()[:16]

    @property
    def why(self) -> str:
        return ""
