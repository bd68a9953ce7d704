"""What the API answers, and what it may be asked: the answers are made of these, and described."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from signing.collected.models import Kind
from signing.letters.models import State

SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_SLUG = 200
MOST_LETTERS = 100

Cells = Annotated[
    dict[str, int],
    Field(description="Number by value. Whatever is less than ten is in the value `other`."),
]


class Shape(BaseModel):
    """Keys may be added to a shape; what is there keeps its meaning as long as it is v1."""

    model_config = ConfigDict(frozen=True)


class Problem(Shape):
    """A "no" (RFC 9457), in the language of `Accept-Language`."""

    status: int
    title: str


class Translation(Shape):
    """The letter in one language."""

    locale: str = Field(description="BCP 47, in lower case")
    title: str
    summary: str
    url: str = Field(description="where people read and sign it")


class Letter(Shape):
    """A letter that everybody may see."""

    slug: str = Field(description="its name in addresses")
    state: State
    takes_signatures: bool
    default_locale: str
    title: str = Field(description="in its default language")
    count: int = Field(description="people who confirmed by e-mail, in all languages")
    as_of: datetime = Field(description="when the number last changed")
    goal: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    url: str = Field(description="leads to the reader's language")


class Letters(Shape):
    """One page of letters, sorted by slug."""

    letters: list[Letter]
    next: str | None = Field(description="address of the next page; null: there is none")


class FullLetter(Letter):
    """A letter with its languages."""

    to: str = Field(description="whom it is addressed to, in its default language")
    controller: str = Field(description="who is responsible for people's data (GDPR, art. 4)")
    translations: list[Translation]


class Beside(Shape):
    """A number beside the confirmed one, and never in it."""

    kind: Kind = Field(description="`figure`: others answer for it; else their names were given us")
    source: str = Field(description="who collected; empty for paper")
    count: int
    as_of: date
    url: str | None = Field(description="where it can be looked up")


class Counts(Shape):
    """How many have signed: in all, now; and by kind, up to the end of a day."""

    letter: str
    count: int
    as_of: datetime
    until: date = Field(
        description="the last day (UTC) in the three tables, which wait until ten more have signed"
    )
    by_locale: Cells
    by_country: Cells
    by_day: Cells
    beside: list[Beside] = Field(description="collected on paper and elsewhere")


class Page(Shape):
    """Which letters are wanted."""

    limit: int = Field(default=20, ge=1, le=MOST_LETTERS, description="how many letters at most")
    cursor: Annotated[str, StringConstraints(pattern=SLUG, max_length=LONGEST_SLUG)] | None = Field(
        default=None, description="from `next` of the page before"
    )


class Nothing(Shape):
    """No question but the address."""
