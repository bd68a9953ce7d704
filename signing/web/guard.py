"""Posts that other sites have a browser send are refused, without a session or a cookie.

`Sec-Fetch-Site` tells; older browsers send `Origin`. (`Referrer-Policy: same-origin` matters here:
under `no-referrer` browsers send `Origin: null` for our own forms too.)
"""

from __future__ import annotations

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal

SAFE = {"GET", "HEAD", "OPTIONS"}


class ForeignPost(Refusal):
    status = 403
    message = _l("This form was sent from another website. Please open our page and send it there.")


def install(app: Flask, base_url: str) -> None:
    def refuse_foreign_posts() -> None:
        if request.method in SAFE:
            return
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        if site is not None and site not in {"same-origin", "none"}:
            raise ForeignPost
        if site is None and origin is not None and origin not in {base_url, _own_origin()}:
            raise ForeignPost

    app.before_request(refuse_foreign_posts)


def _own_origin() -> str:
    return request.host_url.rstrip("/")
