"""Slow visitors wait on their own time: who sends a form a byte a minute holds up nobody else.

Each request has a thread, and few of them compute at once (`slots`): more would only take turns.
A thread that waits for a visitor's bytes holds no slot, and of such there may be many.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from io import BytesIO
from ipaddress import IPv4Network, IPv6Network
from queue import SimpleQueue
from typing import Any
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

from signing.web import visitor

SLOTS = 2 * (os.cpu_count() or 1) + 1  # a process; most of them wait for the database
# Set where a body was not waited for: the application then says so in the visitor's language.
REFUSED = "signing.too_many_slow"
# More than any form of ours takes; of what is larger, the connection ends in the middle.
MOST_READ_AWAY = 64 * 1024 * 1024
LONGEST_READ_AWAY = 30  # seconds; a proxy that has the whole body needs one
PIECE = 64 * 1024


class Patience:
    """WSGI middleware; wraps `app` and is called in its place.

    Of up to `small` bytes are the bodies that anybody may send: they are there before the
    application is asked, `bodies` of them on their way at most. Longer ones it reads itself, once
    it knows from whom they are.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        slots: int,
        bodies: int,
        small: int,
        trusted: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self.app = app
        self._slots = _Slots(slots)
        self._bodies, self._small = bodies, small
        self._trusted = trusted
        self._lock = threading.Lock()
        self._all = 0
        self._waiting: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        if length > self._small:
            return self._answer_before_all_is_here(environ, start_response, length)
        if length == 0:
            environ["wsgi.input"] = BytesIO()  # nothing is waited for that was not announced
        else:
            self._receive(environ, length)
        with self._slots.held():
            return self.app(environ, start_response)

    def _answer_before_all_is_here(
        self, environ: WSGIEnvironment, start_response: StartResponse, length: int
    ) -> Iterable[bytes]:
        """What the application did not want of the body is read away, where there is room.

        A connection that ends in the middle of a body is reset, and a proxy that still writes
        shows a page of its own (502) instead of the answer (RFC 9112, section 9.6).
        """
        body = environ["wsgi.input"]
        environ["wsgi.input"] = mine = _Unhurried(body, self._slots)
        with self._slots.held():
            answer = self.app(environ, start_response)
        networks = self._networks(environ)
        if mine.taken < length <= MOST_READ_AWAY and self._begin(networks):
            try:
                until = time.monotonic() + LONGEST_READ_AWAY
                while body.read(PIECE) and time.monotonic() < until:
                    pass
            except OSError:  # whoever sent it has gone, and hears no answer
                pass
            finally:
                self._end(networks)
        return answer

    def _receive(self, environ: WSGIEnvironment, length: int) -> None:
        """The whole body is there afterwards, or it is not waited for."""
        networks = self._networks(environ)
        if not self._begin(networks):
            environ[REFUSED] = True
            return
        try:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        finally:
            self._end(networks)

    def _networks(self, environ: WSGIEnvironment) -> tuple[str, ...]:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        client = visitor.client(environ.get("REMOTE_ADDR", ""), forwarded, self._trusted)
        return () if client == visitor.UNKNOWN else visitor.names(client)

    def _begin(self, networks: tuple[str, ...]) -> bool:
        with self._lock:
            # A network may be a university: it has room, but never all there is.
            most = max(1, self._bodies // 4)
            if self._all >= self._bodies or any(self._waiting[one] >= most for one in networks):
                return False
            self._all += 1
            self._waiting.update(networks)
            return True

    def _end(self, networks: tuple[str, ...]) -> None:
        with self._lock:
            self._all -= 1
            self._waiting.subtract(networks)
            for one in networks:
                if not self._waiting[one]:
                    del self._waiting[one]


class _Slots:
    """So many may compute at once; the others wait in a queue."""

    def __init__(self, n: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _slot in range(n):
            self._free.put(None)

    @contextmanager
    def held(self) -> Any:
        self._free.get()
        try:
            yield
        finally:
            self._free.put(None)

    @contextmanager
    def given_back(self) -> Any:
        """The other way round, inside `held`."""
        self._free.put(None)
        try:
            yield
        finally:
            self._free.get()


class _Unhurried:
    """A long body, read by the application as far as it wants to; its slot is free meanwhile."""

    def __init__(self, stream: InputStream, slots: _Slots) -> None:
        self._stream, self._slots = stream, slots
        self.taken = 0  # bytes of it so far

    def read(self, size: int = -1, /) -> bytes:
        with self._slots.given_back():
            return self._took(self._stream.read(size))

    def readline(self, size: int = -1, /) -> bytes:
        with self._slots.given_back():
            return self._took(self._stream.readline(size))

    def readlines(self, hint: int = -1, /) -> list[bytes]:
        with self._slots.given_back():
            return [self._took(line) for line in self._stream.readlines(hint)]

    def _took(self, piece: bytes) -> bytes:
        self.taken += len(piece)
        return piece

    def __iter__(self) -> Any:
        return iter(self.readline, b"")


def _length(environ: WSGIEnvironment) -> int:
    """What the head says; the application refuses what is no number, and what has none."""
    said: str = environ.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0


def install(app: Flask) -> None:
    """Whoever was not waited for is told, before anything else is looked at."""

    def refuse() -> None:
        if REFUSED in request.environ:
            raise TooManyRequests(retry_after=5)

    app.before_request(refuse)
