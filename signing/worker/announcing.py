"""News on their way to people: who still wants them, what they say, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from signing.core.ids import HOUSE
from signing.core.links import absolute
from signing.letters.models import Letter
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.news import mailed, telling
from signing.news.mailed import Announcement
from signing.news.telling import Links
from signing.worker.inboxes import Inbox

KINDS = (Kind.NEWS, Kind.NEWS_TEST)


def add_news(batch: Sequence[Claimed], found: Mapping[UUID, Inbox]) -> dict[UUID, Inbox]:
    """What was found, each with its post; without those who do not want it any more."""
    mails = [mail for mail in batch if mail.kind in KINDS and mail.id in found]
    told = mailed.list_announcements({(one.letter_id, one.broadcast_id or HOUSE) for one in mails})
    wanted = {id_: _list_wanted(one, mails) for id_, one in told.items()}
    kept = dict(found)
    for mail in mails:
        news = told.get(mail.broadcast_id or HOUSE)
        if news and news.texts and mail.recipient_id in wanted[news.id]:
            kept[mail.id] = replace(kept[mail.id], news=news)
        else:
            del kept[mail.id]
    return kept


def _list_wanted(news: Announcement, mails: Sequence[Claimed]) -> set[UUID]:
    mine = [mail for mail in mails if mail.broadcast_id == news.id]
    asked = {mail.recipient_id for mail in mine if mail.kind is Kind.NEWS}
    tests = {mail.recipient_id for mail in mine if mail.kind is Kind.NEWS_TEST}
    return tests | mailed.list_wanted(news, asked)


def values(mail: Claimed, to: Inbox, letter: Letter) -> dict[str, object]:
    """What the templates need."""
    news = _news(to)
    return telling.values(news, letter, mail.locale, _links(mail, to))


def headers(mail: Claimed, to: Inbox, letter: Letter) -> dict[str, str]:
    """One click to unsubscribe (RFC 2369, RFC 8058), and a name to sort by (RFC 2919)."""
    host = urlsplit(absolute("site.home.choose")).hostname or "localhost"
    return {
        "List-Id": f"<news.{letter.slug}.{host}>",
        "List-Unsubscribe": f"<{_links(mail, to).unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _news(to: Inbox) -> Announcement:
    assert to.news is not None  # noqa: S101  # `add_news` saw to it
    return to.news


def _links(mail: Claimed, to: Inbox) -> Links:
    if mail.kind is Kind.NEWS_TEST:
        return telling.trial_links(_news(to), mail.locale)
    ref = to.signed[0].ref
    return telling.links(_news(to), ref, to.house_digest, mail.locale, is_test=False)
