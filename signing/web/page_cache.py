"""A cache in front of the application, in the memory of each server process.

It keeps what says of itself that everybody may keep it (`public`, `s-maxage`), for a moment only.
When that moment is over, one request has the page made anew while the others still get the old
one: a crowd costs as much as a visitor. It also answers conditional requests and compresses once.
"""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FRESH_SECONDS = 1.0  # on top of what caches further out keep
STALE_SECONDS = 10.0  # a page that nobody asked for in this long is made anew before it is shown
MOST_PAGES = 1024
LARGEST_BYTES = 512 * 1024
SMALLEST_GZIP_BYTES = 200

AROUND = ("/api/", "/oembed")  # what looks at its query, or counts who asks

SOURCE = re.compile(r"(?:^|&)from=[^&]")
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")  # RFC 9110, 12.5.3

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class _Page:
    """An answer, plain and compressed, each with its headers as they go out."""

    etags: frozenset[str]
    plain: tuple[Headers, list[bytes]]
    compressed: tuple[Headers, list[bytes]]
    not_modified: Headers
    made_at: float
    is_being_made: bool = False


@dataclass(frozen=True, slots=True)
class _Passing:
    """An answer for one visitor."""

    status: str
    headers: Headers
    body: bytes


class PageCache:
    """WSGI middleware; wraps `app` and is called in its place."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_asking = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if not is_asking or environ["PATH_INFO"].startswith(AROUND) or _names_source(environ):
            return self.app(environ, start_response)
        key = _key(environ)
        page = self._pages.get(key)
        if page is not None and not self._must_make(page):
            return _answer(page, environ, start_response)
        try:
            made = self._make(key, environ)
        finally:
            if page is not None:
                page.is_being_made = False
        return _answer(made, environ, start_response)

    def _must_make(self, page: _Page) -> bool:
        """Whether this very request has to: the page is old, and nobody else is at it."""
        age = time.monotonic() - page.made_at
        if age < FRESH_SECONDS:
            return False
        if age > STALE_SECONDS:
            return True
        with self._lock:
            if page.is_being_made:
                return False
            page.is_being_made = True
            return True

    def _make(self, key: tuple[str, str], environ: WSGIEnvironment) -> _Page | _Passing:
        """The page, kept; or an answer that is not everybody's, to be passed on."""
        status, headers, body = _call(self.app, environ)
        if not _is_for_all(status, headers, body):
            return _Passing(status, headers, body)
        page = _page(headers, body)
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return page


def _names_source(environ: WSGIEnvironment) -> bool:
    """A letter's address with `?from=`: the answer leads to the page whose path says so."""
    is_named = SOURCE.search(environ.get("QUERY_STRING", "")) is not None
    return is_named and environ["PATH_INFO"].count("/") == 2


def _key(environ: WSGIEnvironment) -> tuple[str, str]:
    """Path and query. A public page looks at no query, so a stranger's cannot fill the memory;

    a file's query names its version.
    """
    path: str = environ["PATH_INFO"]
    query: str = environ.get("QUERY_STRING", "")
    return path, query if path.startswith("/static/") else ""


def _call(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
    """Ask the application for the whole page, whatever the visitor has of it already."""
    asked = dict(environ)
    asked["REQUEST_METHOD"] = "GET"
    asked.pop("HTTP_IF_NONE_MATCH", None)
    asked.pop("HTTP_RANGE", None)
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _exc_info: object = None) -> None:
        started.append((status, headers))

    chunks = app(asked, start)  # type: ignore[arg-type]  # nothing here uses the old write()
    try:
        body = b"".join(chunks)
    finally:
        if (close := getattr(chunks, "close", None)) is not None:
            close()
    return *started[-1], body


def _is_for_all(status: str, headers: Headers, body: bytes) -> bool:
    values = {name.lower(): value for name, value in headers}
    keep = values.get("cache-control", "")
    return (
        status.startswith("200")
        and "public" in keep
        and "etag" in values
        and "vary" not in values
        and "set-cookie" not in values
        and len(body) <= LARGEST_BYTES
    )


def _page(headers: Headers, body: bytes) -> _Page:
    etag = next(value for name, value in headers if name.lower() == "etag")
    kept = [
        (name, value) for name, value in headers if name.lower() not in {"etag", "content-length"}
    ]
    kept.append(("Vary", "Accept-Encoding"))
    small = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_GZIP_BYTES else body
    gzip_etag = f'{etag[:-1]}-gzip"'
    encoding = [("Content-Encoding", "gzip")] if small is not body else []
    plain = [*kept, ("ETag", etag), ("Content-Length", str(len(body)))]
    packed = [*kept, *encoding, ("ETag", gzip_etag), ("Content-Length", str(len(small)))]
    unmodified = [(name, value) for name, value in kept if name.lower() != "content-type"]
    return _Page(
        etags=frozenset({etag, gzip_etag}),
        plain=(plain, [body]),
        compressed=(packed, [small]),
        not_modified=[*unmodified, ("ETag", etag)],
        made_at=time.monotonic(),
    )


def _answer(
    page: _Page | _Passing, environ: WSGIEnvironment, start_response: StartResponse
) -> list[bytes]:
    if isinstance(page, _Passing):
        start_response(page.status, page.headers)
        return [page.body] if environ["REQUEST_METHOD"] == "GET" else []
    seen: str | None = environ.get("HTTP_IF_NONE_MATCH")
    if seen is not None and _names_one_of(seen, page.etags):
        start_response("304 Not Modified", page.not_modified)
        return []
    takes_gzip = TAKES_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers, body = page.compressed if takes_gzip else page.plain
    start_response("200 OK", headers)
    return body if environ["REQUEST_METHOD"] == "GET" else []


def _names_one_of(header: str, etags: frozenset[str]) -> bool:
    """RFC 9110, 13.1.2: a list of entity tags, compared weakly, or `*`."""
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return bool(named & etags) or "*" in named
