"""Letters and their counts, as everybody may see them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint

from signing.collected import queries as collected
from signing.core import clock
from signing.core.links import absolute
from signing.counts import cells, periods
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.counts.periods import Told
from signing.letters import queries as letters
from signing.letters.models import Letter, State
from signing.web.api import shapes
from signing.web.api.answering import Answer, answers

bp = Blueprint("letters", __name__, url_prefix="/api/v1")

UNKNOWN = "unknown"  # a letter that does not ask for the country


@bp.get("/letters")
@answers(shapes.Letters, shapes.Page)
def list_letters(query: shapes.Page) -> Answer[shapes.Letters]:
    """Letters that everybody may see, a page at a time."""
    found = letters.list_public(after=query.cursor or "", limit=query.limit + 1)
    page = found[: query.limit]
    following = None
    if len(found) > query.limit:
        following = absolute("api.letters.list_letters", cursor=page[-1].slug, limit=query.limit)
    shown = [shapes.Letter(**_facts(letter)) for letter in page]
    return Answer(shapes.Letters(letters=shown, next=following), next=following)


@bp.get("/letters/<slug:slug>")
@answers(shapes.FullLetter)
def get_letter(slug: str, query: shapes.Nothing) -> Answer[shapes.FullLetter]:  # noqa: ARG001
    """One letter with its languages; older slugs lead to it too."""
    letter = letters.get_by_slug(slug)
    published = letters.list_locales(letter.id)
    translations = [
        shapes.Translation(
            locale=one.locale,
            title=one.title,
            summary=one.summary,
            url=absolute("site.letters.show", locale=one.locale, slug=letter.slug),
        )
        for one in letters.list_translations(letter.id)
        if one.locale in published
    ]
    return Answer(
        shapes.FullLetter(
            **_facts(letter),
            to=letter.to,
            controller=letter.controller_name,
            translations=translations,
        )
    )


@bp.get("/letters/<slug:slug>/counts")
@answers(shapes.Counts)
def get_counts(slug: str, query: shapes.Nothing) -> Answer[shapes.Counts]:  # noqa: ARG001
    """How many have signed: now, and by language, country and day as far as whole tens go."""
    letter = letters.get_by_slug(slug)
    total = counts.total(letter.id)
    until = told_until(letter)
    return Answer(
        shapes.Counts(
            letter=letter.slug,
            count=total.n,
            as_of=total.as_of or letter.created_at,
            until=(until - timedelta(days=1)).date(),
            by_locale=table(letter.id, "locale", until),
            by_country=table(letter.id, "country", until),
            by_day=table(letter.id, "day", until),
            beside=[
                shapes.Beside(
                    kind=one.kind,
                    source=one.source,
                    count=one.number,
                    as_of=one.as_of,
                    url=one.link or None,
                )
                for one in collected.list_shown(letter.id)
            ],
        )
    )


def told(letter: Letter) -> Told:
    """What days may be told of: whole ones (UTC), as many together as it takes for ten people.

    What is live, or moves by one signer, would tell who comes from where.
    """
    days: Counter[date] = Counter()
    for hour, n in counts.changes(letter.id).items():
        days[clock.begin_of(hour).date()] += n
    in_all = {day: {"": n} for day, n in days.items()}
    return periods.tell(in_all, letter.created_at.date(), clock.now().date())


def told_until(letter: Letter) -> datetime:
    """Up to when counts by kind are told."""
    return datetime.combine(told(letter).open_since, time(), UTC)


def table(letter_id: UUID, name: str, until: datetime) -> dict[str, int]:
    """Numbers by `locale`, `country` or `day` as of one moment, small cells merged."""
    if name == "day":
        return cells.merged(_by_day(letter_id, until))
    found = counts.before(letter_id, Dimension(name), until)
    return cells.merged({value or UNKNOWN: n for value, n in found.items()})


def _by_day(letter_id: UUID, until: datetime) -> dict[str, int]:
    days: Counter[str] = Counter()
    for hour, n in sorted(counts.changes(letter_id).items()):
        if clock.begin_of(hour) < until:
            days[clock.begin_of(hour).date().isoformat()] += n
    return days


def _facts(letter: Letter) -> dict[str, Any]:
    total = counts.total(letter.id)
    return {
        "slug": letter.slug,
        "state": State(letter.state),
        "takes_signatures": letter.takes_signatures(clock.now()),
        "default_locale": letter.default_locale,
        "title": letters.get_title(letter, letter.default_locale),
        "count": total.n,
        "as_of": total.as_of or letter.created_at,
        "goal": letter.goal_at(total.n),
        "opens_at": letter.opens_at,
        "closes_at": letter.closes_at,
        "url": absolute("site.letters.choose", slug=letter.slug),
    }
