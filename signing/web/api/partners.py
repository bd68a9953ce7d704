"""What partners and sources brought, for programs of the campaign: numbers that name nobody."""

from __future__ import annotations

from flask import Blueprint

from signing.core import clock, locales
from signing.core.db import snapshot
from signing.core.links import absolute
from signing.counts import brought, periods
from signing.counts.periods import Days, Period
from signing.partners import queries
from signing.partners.models import Kind, Scope, State
from signing.partners.models import Partner as Row
from signing.signatures import credit
from signing.web.api import access
from signing.web.api.access import Holder
from signing.web.api.answering import Answer, answers
from signing.web.api.campaign_shapes import Brought, Partner, Partners, Sources, Span

bp = Blueprint("partners", __name__, url_prefix="/api/v1")


@bp.get("/letters/<slug:slug>/partners")
@answers(Partners, Sources, scope=Scope.PARTNERS, of=(Holder.CAMPAIGN,))
def list_partners(slug: str, query: Sources) -> Answer[Partners]:
    """Partners and sources with what they brought up to yesterday, less than ten withheld."""
    letter = access.enter_as_campaign(slug, Scope.PARTNERS).letter
    found = queries.list_by_code(letter.id, after=query.cursor or "", limit=query.limit + 1)
    page, following = found[: query.limit], None
    if len(found) > query.limit:
        following = absolute(
            "api.partners.list_partners",
            slug=letter.slug,
            limit=query.limit,
            cursor=page[-1].code,
        )
    with snapshot():
        shown = [_shown(one) for one in page]
    return Answer(Partners(partners=shown, next=following), next=following)


def _shown(one: Row) -> Partner:
    first = brought.by_day(one.letter_id, one.id, locales.languages())
    return Partner(
        code=one.code,
        kind=Kind(one.kind),
        name=one.name,
        site=one.site,
        state=State(one.state),
        first=_told(one, first),
        later=_told(one, credit.by_day(one.letter_id, one.id)),
    )


def _told(one: Row, days: Days) -> Brought:
    told = periods.tell(days, one.created_at.date(), clock.now().date())
    return Brought(
        count=told.n,
        by_locale=told.by_kind,
        periods=[_span(period) for period in told.periods],
        open_since=told.open_since,
    )


def _span(period: Period) -> Span:
    return Span(
        first=period.first, last=period.last, count=period.n, by_locale=dict(period.by_kind)
    )
