"""Our nginx example before a counting origin: a crowd costs it one answer per cache time."""

from __future__ import annotations

import http.client
import json
import math
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.serving import make_server

from signing.letters import queries as letters
from signing.web.headers import COUNT_SECONDS
from tests import make
from tests.conftest import missing
from tests.docs.test_nginx import HOST, NGINX, _nginx

CROWD, CONNECTIONS = 10_000, 16
COUNTER = "/embed/open-roads/en.json"

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


class Origin:
    """The application, with a count of what it is asked; it can be slow, or broken."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.asked: Counter[str] = Counter()
        self.told: list[set[str]] = []  # the names of the headers of each request
        self.seconds = 0.0
        self.is_broken = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked[environ["PATH_INFO"]] += 1
        self.told.append({name for name in environ if name.startswith("HTTP_")})
        time.sleep(self.seconds)
        if self.is_broken:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return self.app.wsgi_app(environ, start_response)


@contextmanager
def _served(origin: Origin) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, origin, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def origin(app: Flask) -> Origin:
    make.signature(make.letter())
    return Origin(app)


@pytest.fixture
def front(origin: Origin, tmp_path: Path) -> Iterator[int]:
    if not Path(NGINX).exists():
        missing("nginx is missing: apt install nginx")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with _served(origin) as port, _nginx(folder, port) as front:
        yield front


def _ask(port: int, path: str, times: int = 1) -> list[tuple[int, bytes, float]]:
    """Status, body and seconds of each of so many requests on one connection."""
    trusting = ssl._create_unverified_context()  # noqa: S323  # our own certificate, just made
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusting)
    answers = []
    for _ in range(times):
        began = time.monotonic()
        connection.request("GET", path, headers={"Host": HOST})
        answer = connection.getresponse()
        answers.append((answer.status, answer.read(), time.monotonic() - began))
    connection.close()
    return answers


def _crowd(port: int, path: str, people: int, connections: int) -> list[tuple[int, bytes, float]]:
    with ThreadPoolExecutor(connections) as pool:
        asking = [pool.submit(_ask, port, path, people // connections) for _ in range(connections)]
        return [answer for one in asking for answer in one.result()]


def test_ten_thousand_requests_cost_the_origin_one_answer_per_cache_time(
    front: int, origin: Origin
) -> None:
    began = time.monotonic()
    answers = _crowd(front, COUNTER, CROWD, CONNECTIONS)
    took = time.monotonic() - began

    assert len(answers) == CROWD
    assert {status for status, _body, _seconds in answers} == {200}
    assert {json.loads(body)["count"] for _status, body, _seconds in set(answers)} == {1}
    assert origin.asked[COUNTER] <= math.ceil(took / COUNT_SECONDS)


def test_while_one_asks_a_slow_origin_the_others_get_what_there_is(
    front: int, origin: Origin
) -> None:
    _ask(front, COUNTER)
    make.signature(letters.get_by_slug("open-roads"), email="new@example.org")
    time.sleep(COUNT_SECONDS + 1.2)
    origin.seconds = 2.0
    answers = sorted(_crowd(front, COUNTER, CONNECTIONS, CONNECTIONS), key=lambda one: one[2])

    assert origin.asked[COUNTER] == 2
    assert sum(seconds < 1.5 for _status, _body, seconds in answers) == CONNECTIONS - 1
    assert json.loads(answers[0][1])["count"] == 1
    assert json.loads(answers[-1][1])["count"] == 2  # whoever waited has the new one


def test_at_the_very_first_moment_one_is_let_through(front: int, origin: Origin) -> None:
    origin.seconds = 0.5
    _crowd(front, COUNTER, CONNECTIONS, CONNECTIONS)
    assert origin.asked[COUNTER] == 1


def test_while_the_origin_is_broken_the_last_number_stays(front: int, origin: Origin) -> None:
    (before,) = _ask(front, COUNTER)
    origin.is_broken = True
    time.sleep(COUNT_SECONDS + 1.2)
    (after,) = _ask(front, COUNTER)

    assert origin.asked[COUNTER] == 2
    assert after[:2] == before[:2]
    assert _ask(front, "/embed/open-roads/fr.json")[0][0] == 503  # of this there is no old one
