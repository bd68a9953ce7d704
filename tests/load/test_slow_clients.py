"""Visitors who send a byte now and then, on real sockets, hold up nobody else."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from signing.web.patience import SLOTS
from tests import make
from tests.browser.served import SERVER_PROCESSES, Installation, database
from tests.mail.smtp_server import SmtpServer

WAITING = 10 * SLOTS  # more than all slow ones of this test, should one process get them all
SLUG = "night-trains"
FORM = "application/x-www-form-urlencoded"
ANSWER_SECONDS = 30  # a thread that is held would never answer


@pytest.fixture
def site(
    tmp_path: Path, request: pytest.FixtureRequest, environment: dict[str, str]
) -> Iterator[Installation]:
    few = environment | {"SIGNING_WAITING_FORMS": str(WAITING)}
    with (
        database("sqlite", tmp_path / "data", request, few) as chosen,
        SmtpServer() as mail,
        Installation(chosen, tmp_path, mail) as ours,
    ):
        ours.letter(SLUG)
        yield ours


def _begin(stack: ExitStack, port: int, beginning: str, source: str) -> socket.socket:
    """A visitor of this address who sends the beginning, and then nothing for long."""
    slow = stack.enter_context(
        socket.create_connection(
            ("127.0.0.1", port), timeout=ANSWER_SECONDS, source_address=(source, 0)
        )
    )
    slow.sendall(beginning.encode())
    return slow


def _form() -> str:
    return urlencode(make.sign_form(SLUG))


def _head(length: int) -> str:
    head = (f"POST /en/{SLUG}/sign HTTP/1.1", "Host: localhost", f"Content-Type: {FORM}")
    return "\r\n".join((*head, f"Content-Length: {length}", "", ""))


def _ask(port: int, source: str = "127.0.0.1", body: str | None = None) -> int:
    """The status of a page, or of the form, whatever others do."""
    connection = HTTPConnection(
        "127.0.0.1", port, timeout=ANSWER_SECONDS, source_address=(source, 0)
    )
    if body is None:
        connection.request("GET", f"/en/{SLUG}")
    else:
        connection.request("POST", f"/en/{SLUG}/sign", body, {"Content-Type": FORM})
    status = connection.getresponse().status
    connection.close()
    return status


def test_slow_forms_slow_heads_and_a_flood_of_one_network_hold_up_nobody_else(
    site: Installation,
) -> None:
    with site.app.app_context():
        form = _form()
    with ExitStack() as stack:
        for number in range(4 * SERVER_PROCESSES * SLOTS):  # many times what computes at once
            source = f"127.0.1.{number // 10 + 1}"
            _begin(stack, site.port, _head(len(form)) + form[:20], source)
        for number in range(300):
            _begin(stack, site.port, "GET / HTTP/1.1\r\nHost: lo", f"127.0.2.{number % 200 + 1}")
        assert {_ask(site.port) for _page in range(10)} == {200}
        assert _ask(site.port, body=form) == 303

        late = _begin(stack, site.port, _head(len(form)) + form[:20], "127.0.3.1")
        time.sleep(0.5)
        late.sendall(form[20:].encode())
        assert late.recv(100).startswith(b"HTTP/1.1 303")  # slow is not refused

    with ExitStack() as stack:  # over HTTP/2 a body need not say how long it is
        other = _begin(stack, site.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "127.0.3.2")
        assert other.recv(100)[:8] in (b"", b"HTTP/1.1")

    with ExitStack() as stack:  # one network holds only so many, and the rest of the world signs
        many = 2 * SERVER_PROCESSES * (WAITING // 4)
        flood = [
            _begin(stack, site.port, _head(len(form)) + "x", "127.0.4.1") for _one in range(many)
        ]
        refused, _, _ = select.select(flood, [], [], ANSWER_SECONDS)
        answered = refused[0].recv(5000)
        assert answered.startswith(b"HTTP/1.1 429")
        assert b"retry-after: 5" in answered.lower()
        assert {_ask(site.port, f"127.0.5.{n}", form) for n in range(1, 4)} == {303}
        assert _ask(site.port) == 200


def test_whoever_sends_too_much_hears_so_when_all_is_sent(site: Installation) -> None:
    """Else the connection would be reset while the proxy still writes, and 502 be what it says."""
    too_much = "x" * 5_000_000
    assert {_ask(site.port, body=too_much) for _time in range(20)} == {413}
