"""The page cache in front of the application: one request makes the page, a crowd reads it."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.test import Client

from signing.web.page_cache import FRESH_SECONDS, PageCache
from tests import make
from tests.conftest import Inbox

BODY = b"a page " * 100


class Application:
    """A slow application that counts how often it is asked."""

    def __init__(self, cache_control: str = "public, s-maxage=10", seconds: float = 0.0) -> None:
        self.cache_control = cache_control
        self.seconds = seconds
        self.asked = 0

    def __call__(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked += 1
        time.sleep(self.seconds)
        start_response(
            "200 OK",
            [
                ("Content-Type", "text/plain"),
                ("Cache-Control", self.cache_control),
                ("ETag", '"one"'),
                ("Content-Length", str(len(BODY))),
            ],
        )
        return [BODY]


def test_what_is_for_everybody_is_made_once() -> None:
    inside = Application()
    client = Client(PageCache(inside))
    assert [client.get("/").data for _ in range(5)] == [BODY] * 5
    assert inside.asked == 1


def test_what_is_for_one_visitor_is_never_kept() -> None:
    for cache_control in ("no-store", "private, max-age=60"):
        inside = Application(cache_control)
        client = Client(PageCache(inside))
        client.get("/")
        client.get("/")
        assert inside.asked == 2


def test_it_compresses_for_those_who_take_it_and_answers_conditional_requests() -> None:
    client = Client(PageCache(Application()))
    packed = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(packed.data) == BODY
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    for etag in ('"one"', 'W/"one"', packed.headers["ETag"], f'"other", {packed.headers["ETag"]}'):
        again = client.get("/", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_the_headers_and_no_body() -> None:
    client = Client(PageCache(Application()))
    answer = client.head("/")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(BODY))


def test_a_page_that_has_grown_old_is_made_anew_by_one_while_the_others_read_the_old_one() -> None:
    inside = Application(seconds=0.3)
    cache = PageCache(inside)
    Client(cache).get("/")
    time.sleep(FRESH_SECONDS)
    barrier = threading.Barrier(20)

    def visit(_number: int) -> int:
        barrier.wait()
        return Client(cache).get("/").status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(visit, range(20))) == {200}
    assert inside.asked == 2


def test_posts_pass_and_an_application_that_breaks_does_not_hold_the_page_for_ever() -> None:
    inside = Application()
    client = Client(PageCache(inside))
    client.post("/")
    client.post("/")
    assert inside.asked == 2


def test_no_personal_page_of_ours_is_kept(app: Flask, inbox: Inbox) -> None:
    make.letter()
    client = Client(PageCache(app))
    client.post("/en/open-roads/sign", data=make.sign_form(name="Zoë"))
    link = inbox.link()
    assert "Zoë" in client.get(link).text
    client.post(link, data={"revision": "1"})
    assert "counts already" in client.get(link).text
