"""What the campaign's own programs get as answers, and what they send."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from signing.collected import sizes
from signing.collected.columns import Problem as RowProblem
from signing.collected.models import Basis
from signing.collected.models import Kind as Source
from signing.collected.models import State as ImportState
from signing.jobs.models import State as JobState
from signing.partners.models import HookState, Kind, State
from signing.signatures.models import Entry
from signing.signatures.models import State as SignatureState
from signing.web.api import cursors
from signing.web.api.shapes import LONGEST_SLUG, SLUG, Shape

MOST_ROWS = 500
MOST_SOURCES = 50
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _words(kind: type[StrEnum]) -> WithJsonSchema:
    """Named by its values, where it stands: several of the house's kinds share a name."""
    return WithJsonSchema({"type": "string", "enum": [one.value for one in kind]})


class Rows(Shape):
    """Which rows are wanted."""

    limit: int = Field(default=100, ge=1, le=MOST_ROWS, description="how many rows at most")
    cursor: Annotated[str, StringConstraints(pattern=cursors.PATTERN)] | None = Field(
        default=None, description="from `next` of the page before"
    )


class Names(Shape):
    """Public names as the letter's page shows them, the newest signature first; names alone."""

    names: list[str]
    next: str | None = Field(description="address of the next page; null: there is none")


class Agreement(Shape):
    """Something that a signer agreed to."""

    purpose: str = Field(description="sign, show_name, news, newsletter, follow_up or partner")
    partner: str | None = Field(description="whose newsletter, by code; null: the campaign's own")
    wording_digest: str = Field(description="SHA-256 of the sentence, in hexadecimal")
    is_withdrawn: bool = Field(description="it was taken back since")


class Signature(Shape):
    """A signature without its signer: no name, address or comment leaves by the API."""

    id: str = Field(description="the same in each answer about this letter, and nowhere else")
    state: Annotated[str, _words(SignatureState)]
    locale: str
    country: str = Field(description="empty: not asked or not said")
    confirmed_by: date | None = Field(
        description="the last of some days (UTC) on one of which the button was pressed"
    )
    entry: Annotated[str, _words(Entry)]
    partner: str | None = Field(description="who brought them, by code")
    consents: list[Agreement]


class Signatures(Shape):
    """One page of signatures in the order in which they came; it may be shorter than `limit`."""

    signatures: list[Signature]
    next: str | None = Field(description="address of the next page; null: there is none")


class Span(Shape):
    """Some days on end (UTC), ten people and more."""

    first: date
    last: date
    count: int
    by_locale: dict[str, int] = Field(description="whatever is less than ten is in `other`")


class Brought(Shape):
    """People, up to yesterday: days and languages go together until they are ten people."""

    count: int
    by_locale: dict[str, int]
    periods: list[Span]
    open_since: date = Field(description="from this day on nothing is told yet")


class Partner(Shape):
    """A partner, or a source of the campaign's own."""

    code: str
    kind: Annotated[str, _words(Kind)]
    name: str
    site: str
    state: Annotated[str, _words(State)]
    first: Brought = Field(description="people whose first way to the letter this was")
    later: Brought = Field(description="people who had signed before and came once more")


class Partners(Shape):
    """One page of partners and sources, sorted by code."""

    partners: list[Partner]
    next: str | None = Field(description="address of the next page; null: there is none")


class Sources(Shape):
    """Which partners are wanted."""

    limit: int = Field(default=20, ge=1, le=MOST_SOURCES, description="how many at most")
    cursor: Annotated[str, StringConstraints(pattern=SLUG, max_length=LONGEST_SLUG)] | None = Field(
        default=None, description="from `next` of the page before"
    )


def _day(typed: object) -> object:
    """As forms send it: a number is no day."""
    if isinstance(typed, str) and not re.fullmatch(DAY, typed):
        raise PydanticCustomError("day", "Enter a day as 2026-03-01.")
    return typed


Day = Annotated[
    date | None, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
FileKind = Literal[Source.OPENPETITION, Source.CHANGE, Source.OTHER, Source.PAPER]


class ImportFacts(Shape):
    """Where signatures come from, and what allows keeping them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, StringConstraints(min_length=1, max_length=sizes.SOURCE)] = Field(
        description="where they were collected, as the public page names it"
    )
    kind: FileKind = Field(default=Source.OTHER, description="what kind of list it is")
    link: Annotated[str, StringConstraints(max_length=sizes.LINK)] = Field(
        default="", description="the page where one can look"
    )
    began_on: Day = Field(default=None, description="first day of collecting")
    ended_on: Day = Field(default=None, description="last day of collecting")
    as_of: Day = Field(default=None, description="the day of the list; else today")
    basis: Annotated[Basis, _words(Basis)] = Field(
        default=Basis.NONE, description="what allows storing e-mail addresses; without it none is"
    )
    wording: Annotated[str, StringConstraints(max_length=sizes.WORDING)] = Field(
        default="", description="what those who signed have read; needed with `basis`"
    )
    columns: Annotated[str, StringConstraints(max_length=sizes.COLUMNS)] = Field(
        default="",
        description="what the columns hold, by commas: name, first_name, last_name, email, city, "
        "postcode, country, or nothing; else the headings tell",
    )


class NewImport(ImportFacts):
    """A list of people who signed elsewhere, as a form with a file (multipart/form-data)."""

    file: bytes = Field(description="CSV of 50 MB at most, in any encoding that spreadsheets write")


class RowMistake(Shape):
    """Why a row cannot be used."""

    row: int = Field(description="as a spreadsheet numbers it")
    problem: Annotated[str, _words(RowProblem)]


class Import(Shape):
    """A list that was brought in. It counts when its state is `counted`, all of it at once."""

    id: str
    state: Annotated[str, _words(ImportState)] = Field(
        description="`reading`: wait; `read`: count it or throw it away"
    )
    work: Annotated[str, _words(JobState)] | None = Field(
        description="how the reading goes, or the deleting"
    )
    source: str
    kind: Annotated[str, _words(Source)]
    as_of: date
    created_at: datetime
    rows: int = Field(description="in the file, the headings included")
    rows_read: int
    number: int = Field(description="people who count, or would")
    duplicates: int = Field(description="people whose address is counted already")
    faulty: int = Field(description="rows that cannot be used")
    problems: list[RowMistake] = Field(description="the first hundred of those")


class Imports(Shape):
    """What programs have brought in, the newest first, a hundred at most."""

    imports: list[Import]


class Counting(Shape):
    """Whether rows that cannot be used are left out; else nothing counts while there are any."""

    without_faulty: Literal["true", "false"] = Field(
        default="false", description="`true`: count the others"
    )


class Hook(Shape):
    """Where a partner's program is called, and how that goes."""

    id: str
    partner: str = Field(description="its code")
    address: str = Field(description="to the campaign, host alone: a path may be a secret")
    state: Annotated[str, _words(HookState)]
    created_at: datetime
    reached_at: datetime | None = Field(description="for the last time")
    failing_since: datetime | None
    waiting: int = Field(description="calls that are still to be made")
    given_up: int = Field(description="calls that were tried for three days")


class Hooks(Shape):
    """One page of the partner's webhooks; to the campaign's token, of those of all partners."""

    webhooks: list[Hook]
    next: str | None = Field(
        default=None, description="address of the next page; null: there is none"
    )


class HookAddress(Shape):
    """Where to call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, StringConstraints(max_length=1000)] = Field(
        description="https, with a public name, on the usual port"
    )


class NewHook(Hook):
    """A new webhook with its secret, which is shown this once."""

    secret: str


class Replayed(Shape):
    """How many calls are made once more."""

    calls: int
