"""What programs with a token get as answers, and what they send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from signing.partners.models import What
from signing.signatures.models import Show
from signing.web.api.shapes import Problem, Shape

CURSOR = "^[0-9a-f]{16}$"
MOST_LINES = 200
DIGEST = "^[0-9a-f]{64}$"

Digest = Annotated[str, StringConstraints(pattern=DIGEST)]


class Agreed(Shape):
    """Somebody who agreed to hear from the partner, and to which sentence."""

    name: str
    email: str
    locale: str
    confirmed_at: datetime
    given_at: datetime
    wording: str
    wording_locale: str
    wording_digest: str = Field(description="SHA-256 of the sentence, in hexadecimal")


class Event(Shape):
    """Something that happened to the signature of somebody who agreed."""

    id: str
    type: What
    at: datetime
    signature: str = Field(description="the same for everything about one signature")
    data: Agreed | None = Field(description="as it is by now; null: nothing may be kept any more")


class Feed(Shape):
    """The next events, in an order that does not change."""

    events: list[Event]
    cursor: str = Field(description="ask with it for what comes after")
    more: bool = Field(description="whether there is more already")


class FeedPage(Shape):
    """Which events are wanted."""

    limit: int = Field(default=100, ge=1, le=MOST_LINES, description="how many events at most")
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] | None = Field(
        default=None, description="from the answer before; without it from the beginning"
    )


class Asked(Shape):
    """Which form is wanted."""

    locale: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] | None = (
        Field(default=None, description="BCP 47, in lower case; else the letter's own")
    )


class Sentence(Shape):
    """A sentence that a form shows, in full, beside its box or button."""

    text: str
    digest: str = Field(description="SHA-256 of the text, in hexadecimal: `consents` name it")


class SignForm(Shape):
    """What a form of your own has to ask and to show."""

    locale: str
    takes_signatures: bool
    fields: list[str] = Field(description="beside name, address and the choice to be shown")
    required: list[str]
    countries: list[str] = Field(description="from where people may sign; empty: from everywhere")
    minimum_age: int
    wordings: dict[str, Sentence] = Field(
        description="by purpose; `sign` is a condition, each other a box that is empty at first"
    )


class Consents(Shape):
    """What the person agreed to, each with the digest of the sentence they read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sign: Digest
    show_name: Digest | None = None
    news: Digest | None = None
    newsletter: Digest | None = None
    follow_up: Digest | None = None
    partner: Digest | None = None


class NewSignature(Shape):
    """Somebody who signs by a form of yours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(max_length=1000)]
    email: Annotated[str, StringConstraints(max_length=1000)]
    locale: Annotated[str, StringConstraints(max_length=35)]
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    postcode: Annotated[str, StringConstraints(max_length=200)] = ""
    city: Annotated[str, StringConstraints(max_length=1000)] = ""
    organisation: Annotated[str, StringConstraints(max_length=1000)] = ""
    comment: Annotated[str, StringConstraints(max_length=10_000)] = ""
    show_name: Show = Show.NO
    consents: Consents


class Taken(Shape):
    """The same whoever signed before: the truth goes by mail alone."""

    status: str = "mailed"


class Mistake(Shape):
    """What is wrong with one field."""

    field: str
    message: str


class Invalid(Problem):
    """A "no" that names the fields."""

    errors: list[Mistake]
