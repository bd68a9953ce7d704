"""Large files on their way through nginx as the operators' page has it, to a real server."""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from signing.collected import queries, sizes
from signing.core.db import let_go
from signing.staff_accounts.roles import Held, Role
from signing.web.staff import gate
from tests import staff
from tests.browser.served import Installation, database
from tests.docs.test_nginx import HOST, NGINX, _nginx
from tests.mail.smtp_server import SmtpServer

SLUG = "night-trains"
LIST = f"/staff/letters/{SLUG}/collected/file"
PICTURE = f"/staff/letters/{SLUG}/settings/picture"
EDGE = b"----an-edge-that-is-in-no-file"
ROW = b"Zo\xc3\xab Lindqvist,Ulm," + b"x" * 900 + b"\n"
MEGABYTE = 1024 * 1024

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="no nginx here")


@dataclass(frozen=True)
class Browser:
    """Somebody signed in, who reaches the site through nginx alone."""

    port: int
    session: str

    def ask(self, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        """Status, the page in words, and where it leads."""
        trusting = ssl._create_unverified_context()  # noqa: S323  # our own certificate, just made
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting)
        known = {"Host": HOST, "Cookie": f"signing={self.session}", "Accept-Language": "de"}
        try:
            connection.request("POST" if body else "GET", path, body or None, known | headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            return answer.status, page, answer.headers.get("Location", "")
        finally:
            connection.close()

    def send(self, path: str, content: bytes, **values: str) -> tuple[int, str, str]:
        """As a browser sends a form with a file."""
        parts = [
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (EDGE, name.encode(), value.encode())
            for name, value in values.items()
        ]
        head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n' % EDGE
        body = b"".join((*parts, head, b"\r\n", content, b"\r\n--%s--\r\n" % EDGE))
        kind = f"multipart/form-data; boundary={EDGE.decode()}"
        return self.ask(path, body, **{"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[Installation]:
    with (
        database("sqlite", tmp_path / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, tmp_path, mail) as served,
    ):
        yield served


def _rows(size: int) -> bytes:
    """A list that is so large, to the byte; its last line ends somewhere."""
    return (b"Name,City,Note\n" + ROW * (size // len(ROW) + 1))[:size]


@pytest.mark.timeout(120)
def test_fifty_megabytes_come_through_nginx_and_more_gets_a_sentence(
    installation: Installation, tmp_path: Path
) -> None:
    _are_let_through(installation.app)
    letter = installation.letter(SLUG)
    with installation.app.app_context():
        who = staff.member("fay@example.org", [Held(Role.EDITOR)], has_app=False)
        cookie = staff.browser(installation.app, who).client.get_cookie("signing")
        assert cookie is not None
    with _nginx(tmp_path, installation.port) as port:
        browser = Browser(port, cookie.value)
        _status, page, _to = browser.ask(LIST)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        form = {"csrf_token": found[1], "kind": "other", "source": "Elsewhere", "basis": ""}
        form |= {"as_of": "2026-01-01", "wording": ""}

        status, page, to = browser.send(LIST, _rows(sizes.FILE_BYTES), **form)
        assert status == 303, _words(page)
        assert browser.ask(to)[0] == 200  # the columns, or how far it is
        with installation.app.app_context():
            let_go()
            assert len(queries.list_all(letter.id)) == 1

        for path, size in (
            (LIST, sizes.FILE_BYTES + 2 * sizes.AROUND_BYTES),  # what we measure
            (LIST, 53 * MEGABYTE),  # what nginx measures
            (PICTURE, 12 * MEGABYTE),
        ):
            status, page, _to = browser.send(path, _rows(size), **form)
            assert status in {413, 422}, (path, size, status)
            assert " MB" in _words(page), (path, size, _words(page))
        status, page, _to = browser.send("/staff/sign-in", b"x" * MEGABYTE)
        assert status == 413
        with installation.app.app_context():
            let_go()
            assert len(queries.list_all(letter.id)) == 1


def _words(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def _are_let_through(app: Flask) -> None:
    """Whatever the application takes, nginx takes too."""
    for rule in app.url_map.iter_rules():
        asked = gate.ASKED.get(app.view_functions[rule.endpoint])
        if asked and asked.most_bytes:
            is_list = rule.rule == "/staff/letters/<slug>/collected/file"
            assert asked.most_bytes <= (51 if is_list else 11) * MEGABYTE, rule
            assert rule.rule.startswith("/staff/letters/"), rule
