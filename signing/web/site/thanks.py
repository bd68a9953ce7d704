"""Thanks: the new count, and ways to pass the letter on, without anybody's script."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import clock, locales
from signing.core.links import absolute
from signing.counts import queries as counts
from signing.letters import markdown
from signing.letters import queries as letters
from signing.web import headers
from signing.web.site.letters import alternates
from signing.web.speech import spoken

bp = Blueprint("thanks", __name__)


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    url: str


@bp.get("/<locale:locale>/<slug:slug>/thanks")
def show(slug: str) -> ResponseReturnValue:
    letter = letters.get_by_slug(slug)
    reading = letters.read(letter, spoken().tag)
    url = absolute("site.letters.show", locale=spoken().tag, slug=letter.slug)
    page = render_template(
        "site/thanks.html",
        letter=letter,
        title=reading.translation.title,
        text_language=locales.languages()[reading.translation.locale],
        words=markdown.render(reading.translation.thanks) if reading.translation.thanks else "",
        takes_signatures=letter.takes_signatures(clock.now()),
        alternates=alternates(reading, "site.letters.show"),
        total=counts.total(letter.id),
        url=url,
        ways=_ways(reading.translation.title, url),
    )
    response = headers.share(make_response(page), headers.COUNT_SECONDS)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<locale:locale>/<slug:slug>/withdrawn")
def withdrawn(slug: str) -> ResponseReturnValue:
    """The signature is gone; no hard feelings."""
    letter = letters.get_by_slug(slug)
    reading = letters.read(letter, spoken().tag)
    page = render_template(
        "site/withdrawn.html",
        letter=letter,
        title=reading.translation.title,
        alternates=alternates(reading, "site.letters.show"),
    )
    return headers.personal(make_response(page))


def _ways(title: str, url: str) -> list[Way]:
    """Links that open somebody's own service with the text filled in; nothing is loaded from it."""
    text = _("I have signed: %(title)s", title=title)
    both = f"{text}\n{url}"
    return [
        Way("Mastodon", "https://share.joinmastodon.org/#text=" + quote(both, safe="")),
        Way("Bluesky", "https://bsky.app/intent/compose?" + urlencode({"text": both})),
        Way("WhatsApp", "https://wa.me/?" + urlencode({"text": both})),
        Way("Telegram", "https://t.me/share/url?" + urlencode({"url": url, "text": text})),
        Way("Threema", "threema://compose?text=" + quote(both, safe="")),
        Way("SMS", "sms:?&body=" + quote(both, safe="")),
        Way(_("E-mail"), f"mailto:?subject={quote(title, safe='')}&body={quote(both, safe='')}"),
    ]
