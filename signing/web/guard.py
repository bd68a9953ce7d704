"""What is refused before anything looks at it: posts from other sites, bodies of unknown length.

Posts that other sites have a browser send are refused without a session or a cookie:
`Sec-Fetch-Site` tells; older browsers send `Origin`. (`Referrer-Policy: same-origin` matters here:
under `no-referrer` browsers send `Origin: null` for our own forms too.)
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import LengthRequired

from signing.core.refusals import Refusal

log = logging.getLogger(__name__)
SAFE = {"GET", "HEAD", "OPTIONS"}
FROM_ANYWHERE = {"site.unsubscribe.press"}  # RFC 8058: mail programs post it, and webmail pages
_HOST = re.compile(
    r"(?:\[[0-9a-f:.]{2,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){0,126}\.?)(?::\d{1,5})?",
    re.ASCII | re.IGNORECASE,
)


class ForeignPost(Refusal):
    status = 403
    message = _l("This form was sent from another website. Please open our page and send it there.")


def install(app: Flask, base_url: str) -> None:
    def refuse_foreign_posts() -> None:
        if request.method in SAFE or request.endpoint in FROM_ANYWHERE:
            return
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        is_foreign = site is not None and site not in {"same-origin", "none"}
        comes_from = base_url if origin is None or site is not None else origin
        if is_foreign or comes_from not in {base_url, _own_origin()}:
            log.warning("a post from another site was refused at %s", request.endpoint)
            raise ForeignPost

    app.before_request(refuse_foreign_posts)
    app.before_request(_refuse_unmeasured)
    _name_host(app, urlsplit(base_url).netloc)


def _own_origin() -> str:
    return f"{request.scheme}://{request.host}"


def _refuse_unmeasured() -> None:
    """A body in chunks would be cut where it is too long; browsers and nginx say its length."""
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired


def _name_host(app: Flask, own: str) -> None:
    """What is no name of a host cannot be routed, nor even refused: our own stands in for it."""
    inner = app.wsgi_app

    def named(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not _HOST.fullmatch(environ.get("HTTP_HOST", "")):
            environ["HTTP_HOST"] = own
        return inner(environ, start_response)

    app.wsgi_app = named  # type: ignore[method-assign]  # Flask's own way to hang middleware
