"""A partner's feed, for the partner's program."""

from __future__ import annotations

from flask import Blueprint

from signing.core.links import absolute
from signing.partners.models import Scope
from signing.programs import consenting
from signing.programs.consenting import Consenting, Line
from signing.web.api import access
from signing.web.api.answering import Answer, answers
from signing.web.api.program_shapes import Agreed, Event, Feed, FeedPage

bp = Blueprint("feeds", __name__, url_prefix="/api/v1")


@bp.get("/letters/<slug:slug>/partners/<slug:code>/signatures")
@answers(Feed, FeedPage, scope=Scope.SIGNATURES)
def list_events(slug: str, code: str, query: FeedPage) -> Answer[Feed]:
    """People who agreed to hear from the partner, and what happened to them since."""
    entered = access.enter(slug, Scope.SIGNATURES, code)
    after = int(query.cursor or "0", 16)
    ids = entered.letter.id, entered.partner.id
    found = consenting.read(*ids, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    cursor = f"{page[-1].number if page else after:016x}"
    more = len(found) > query.limit
    following = None
    if more:
        here = {"slug": entered.letter.slug, "code": code, "limit": query.limit}
        following = absolute("api.feeds.list_events", cursor=cursor, **here)
    events = [event(line) for line in page]
    return Answer(Feed(events=events, cursor=cursor, more=more), next=following)


def event(line: Line) -> Event:
    return Event(
        id=str(line.id),
        type=line.what,
        at=line.at,
        signature=str(line.signature_id),
        data=agreed(line.who) if line.who else None,
    )


def agreed(who: Consenting) -> Agreed:
    return Agreed(**{name: getattr(who, name) for name in Agreed.model_fields})
