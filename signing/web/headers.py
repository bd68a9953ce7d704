"""Response headers: what a browser may do with our pages, and how long others may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

from signing.web import addresses

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
A_YEAR = 31_536_000
# What other websites' scripts read, a "no" included: the counter asks for `de` if `de-at` is none.
OPEN = ("/embed/", "/oembed", "/api/", "/open-data/")

# Fresh for seconds, so that a new signature shows soon; served stale rather than not at all.
PAGE_SECONDS = 10
COUNT_SECONDS = 5


def install(app: Flask, *, is_https: bool) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = None

    def add(response: Response) -> Response:
        if request.endpoint == "static":
            _keep_static(response)
        if response.location:
            response.location = _path_alone(response.location)
            response.set_data(b"")  # the router's words for it repeat the request's Host
        _protect(response, is_https=is_https)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(add)


def _path_alone(location: str) -> str:
    """A redirect within our pages, as the router makes them, without the request's Host."""
    parts = urlsplit(location)
    if parts.netloc != request.host:
        return location
    return urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, parts.fragment))


def _policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _protect(response: Response, *, is_https: bool) -> None:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(POLICY))
    if request.method in {"GET", "HEAD"} and _is_open():
        headers.setdefault("Access-Control-Allow-Origin", "*")
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
    if is_https:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"


def _is_open() -> bool:
    """The framed sign form has an address among the open ones, and is a citizen's page."""
    return request.path.startswith(OPEN) and not (request.endpoint or "").startswith("site.")


def _keep_static(response: Response) -> None:
    """For ever where the address names the content, else for an hour."""
    if request.path.startswith("/static/embed/"):
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # for sandboxed frames
    if request.method not in {"GET", "HEAD"} or response.status_code not in {200, 304}:
        return  # else `named` is whatever somebody typed, and no file that was found
    named = str((request.view_args or {})["filename"])
    is_pinned = request.args.get("v") == addresses.digest(named)
    kept = f"max-age={A_YEAR}, immutable" if is_pinned else "max-age=3600"
    response.headers["Cache-Control"] = f"public, s-maxage=3600, {kept}"


def share(
    response: Response, seconds: int, *, browser_seconds: int = 0, stale_seconds: int = 0
) -> Response:
    """Let everybody's caches keep this answer for `seconds`; 304 where the visitor has it.

    A browser asks each time whether it is still the same (304), so that whoever has just signed
    finds their name. For `stale_seconds` more caches may hand it out while they fetch a new one
    (RFC 5861); a count grants none, so that what is live is live. In our absence all may keep it
    for an hour.
    """
    stale = f"stale-while-revalidate={stale_seconds}, " if stale_seconds else ""
    response.headers["Cache-Control"] = (
        f"public, max-age={browser_seconds}, s-maxage={seconds}, {stale}stale-if-error=3600"
    )
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def with_script(response: Response) -> Response:
    """The page has a script of ours, which asks our own server alone."""
    own = {"script-src": "'self'", "connect-src": "'self'"}
    response.headers["Content-Security-Policy"] = _policy(POLICY | own)
    return response


def let_frame(response: Response, origins: Sequence[str]) -> Response:
    """These websites alone may show the page, which has its policy, in a frame; or none may."""
    policy = response.headers["Content-Security-Policy"]
    among = " ".join(origins) or "'none'"
    framed = policy.replace("frame-ancestors 'none'", f"frame-ancestors {among}")
    response.headers["Content-Security-Policy"] = framed
    return response


def personal(response: Response) -> Response:
    """Nobody keeps this answer, no robot lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response
