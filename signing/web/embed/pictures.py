"""The number as a picture: a PNG badge for mails, and the card that goes with a shared link.

Drawing costs more than all else here, so each picture is drawn at most once a minute and process,
and not at all while nothing on it has changed.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from signing.core.settings import Settings
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.web.embed import drawing
from signing.web.embed.drawing import Words
from signing.web.embed.figures import count
from signing.web.embed.opening import open_to_all
from signing.web.speech import spoken

bp = Blueprint("pictures", __name__)

BADGE_SECONDS, CARD_SECONDS = 60, 3600
REST_SECONDS = 60.0
MOST_KEPT = 256

_kept: OrderedDict[tuple[str, UUID, str], _Drawn] = OrderedDict()
_pencil = threading.Lock()  # one drawing at a time: the other threads have numbers to serve


@dataclass(frozen=True, slots=True)
class _Drawn:
    words: Words
    png: bytes
    at: float


@bp.get("/embed/<slug:slug>/<locale:locale>.png")
def as_badge(slug: str) -> ResponseReturnValue:
    """The badge for programs that show no SVG, in twice its size."""
    return _answer("badge", drawing.badge, slug, BADGE_SECONDS)


@bp.get("/<locale:locale>/<slug:slug>/card.png")
def as_card(slug: str) -> ResponseReturnValue:
    """What other services show beside a link to the letter (Open Graph)."""
    return _answer("card", drawing.card, slug, CARD_SECONDS)


def _answer(kind: str, draw: Callable[[Words], bytes], slug: str, seconds: int) -> Response:
    letter = letters.get_by_slug(slug)
    words = _words(letter)
    key = (kind, letter.id, words.language.tag)
    with _pencil:
        drawn = _kept.get(key)
        if drawn is None or _is_due(drawn, words):
            drawn = _kept[key] = _Drawn(words, draw(words), time.monotonic())
            _kept.move_to_end(key)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return open_to_all(Response(drawn.png, content_type="image/png"), seconds)


def _is_due(drawn: _Drawn, words: Words) -> bool:
    return drawn.words != words and time.monotonic() - drawn.at >= REST_SECONDS


def _words(letter: Letter) -> Words:
    settings: Settings = current_app.extensions["signing.settings"]
    shown = count(letter, spoken())
    return Words(
        language=shown.language,
        title=letters.get_title(letter, shown.language.tag),
        site_name=settings.site_name,
        n=shown.n,
        goal=shown.goal,
        count_text=shown.count_text,
        label=shown.label,
    )
