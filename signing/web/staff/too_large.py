"""What was larger than we take: a sentence with the numbers, instead of a proxy's bare page.

nginx measures before we see anything, and shows this page too (docs/operators.md).
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from signing.collected import sizes
from signing.letters import exchange, pictures
from signing.web.staff import gate

bp = Blueprint("too_large", __name__)
MEGABYTE = 1_000_000


@bp.get("/too-large")
@gate.is_open
def show() -> ResponseReturnValue:
    """In the language of the browser: a proxy that refused has not asked who it is."""
    return _page()


def refuse(_error: RequestEntityTooLarge) -> Response:
    return _page()


def _page() -> Response:
    most = (sizes.FILE_BYTES, pictures.MOST_BYTES, exchange.MOST_BYTES)
    lists, images, texts = (size // MEGABYTE for size in most)
    message = _(
        "This is too large, and nothing of it was kept. "
        "A list may have %(lists)s MB, a picture %(images)s MB, a file of texts %(texts)s MB.",
        lists=lists,
        images=images,
        texts=texts,
    )
    return make_response(render_template("staff/refusal.html", message=message), 413)
