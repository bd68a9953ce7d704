"""The nginx example in a real nginx, before a real site: what it keeps and what it writes."""

from __future__ import annotations

import gzip
import http.client
import re
import secrets
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signing import ROOT
from tests.docs import documents
from tests.docs.installation import PATIENCE, free_port

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
HOST = "letters.example.org"
SECRET = "c2VjcmV0.dG9rZW4"

pytestmark = pytest.mark.skipif(
    not Path(NGINX).exists() or not shutil.which("openssl"), reason="no nginx or no openssl here"
)

Answer = tuple[http.client.HTTPResponse, bytes]


class Front:
    """nginx as the example has it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        trusting = ssl._create_unverified_context()  # noqa: S323  # our own certificate, just made
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting)
        try:
            connection.request(method, path, headers={"Host": HOST} | headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    @property
    def written(self) -> str:
        """All that is in the logs."""
        return "".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    def lines_of(self, *paths: str, **headers: str) -> list[str]:
        """Ask for each path; gives what was written of them."""
        begin, end = (f"/{secrets.token_hex(8)}" for _ in range(2))
        for path in (begin, *paths, end):
            self.ask(path, **headers)
        until = time.monotonic() + PATIENCE
        while f" {end} " not in self.written:  # nginx writes after it has answered
            assert time.monotonic() < until
            time.sleep(0.01)
        return self.written.partition(begin)[2].partition(end)[0].splitlines()[1:-1]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, site_port: int) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    with _nginx(folder, site_port) as port:
        yield Front(port, folder)


@contextmanager
def _nginx(folder: Path, site_port: int) -> Iterator[int]:
    port = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={HOST}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    example = documents.block(ROOT / "docs" / "operators.md", "nginx")
    for printed, here in {
        r"listen 80;": f"listen 127.0.0.1:{free_port()};",
        r"listen 443 ": f"listen 127.0.0.1:{port} ",
        r"listen \[::\].*;": "",
        r"http://127\.0\.0\.1:8000": f"http://127.0.0.1:{site_port}",
        rf"/etc/letsencrypt/live/{re.escape(HOST)}|/var/log/nginx|/var/cache/nginx": str(folder),
    }.items():
        example, found = re.subn(printed, here, example)
        assert found, printed
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{'user root;' if folder.owner() == 'root' else ''}\n"
        f"daemon off; pid {folder}/pid; error_log {folder}/main.log warn; events {{}}\n"
        # Debian's own settings around a site: compression is on there.
        f"http {{ {temporary} gzip on; {example} }}\n"
    )
    nginx = subprocess.Popen([NGINX, "-c", configuration, "-e", folder / "main.log"])
    try:
        _wait_for(port, nginx, folder)
        yield port
    finally:
        nginx.terminate()
        nginx.wait(PATIENCE)


def _wait_for(port: int, nginx: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        assert nginx.poll() is None, (folder / "main.log").read_text()
        assert time.monotonic() < until
        try:
            Front(port, folder).ask("/healthz")
        except ConnectionError:
            time.sleep(0.05)
        else:
            return


@pytest.mark.parametrize(
    ("path", "as_written"),
    [
        (f"/fr/confirm/{SECRET}", "/fr/confirm/..."),
        (f"/pt-pt/my-signature/{SECRET}/data.json", "/pt-pt/my-signature/..."),
        (f"/fr/%63onfirm/{SECRET}", "/fr/confirm/..."),
        (f"/en/not-me/{SECRET}", "/en/not-me/..."),
        (f"/u/{SECRET}", "/u/..."),
        (f"/en/night-trains/preview/{SECRET}", "/en/night-trains/preview/..."),
        (f"/en/partner/{SECRET}/accept", "/en/partner/..."),
        (f"/en/credit/{SECRET}", "/en/credit/..."),
        (f"/staff/invitation/{SECRET}", "/staff/invitation/..."),
        (f"/fr/night-trains/sent?t={SECRET}&again=1", "/fr/night-trains/sent"),
        ("/fr/night-trains?from=somebody", "/fr/night-trains"),
    ],
)
def test_the_log_has_the_path_without_keys_in_it(front: Front, path: str, as_written: str) -> None:
    (line,) = front.lines_of(path, Referer=f"https://{HOST}/fr/confirm/{SECRET}")

    assert f" GET {as_written} " in line
    assert SECRET not in front.written
    assert "127.0.0.1" not in front.written  # the visitor's address


def test_embeds_are_not_in_the_log_and_stay_small(front: Front) -> None:
    paths = ("/embed/night-trains/fr.json", "/embed/night-trains/fr", "/embed/v1.js")
    for path in paths:
        assert front.ask(path)[0].status == 200

    assert front.lines_of(*paths) == []
    script = front.ask("/embed/v1.js", **{"Accept-Encoding": "br, gzip"})
    assert script[0].headers["Content-Encoding"] == "gzip"
    assert len(script[1]) < 2048
    assert b"letter-counter" in gzip.decompress(script[1])


def test_a_page_is_kept_once_for_all_who_take_it_compressed(front: Front) -> None:
    page = "/de/night-trains"
    plain = [front.ask(page)[1] for _ in range(2)]
    small = [
        front.ask(page, **{"Accept-Encoding": wish})[1] for wish in ("gzip", "gzip, deflate, br")
    ]

    assert plain[0] == plain[1] == gzip.decompress(small[0])
    assert small[0] == small[1]
    assert front.lines_of(page)[0].endswith(" HIT")


def test_what_belongs_to_one_visitor_is_neither_kept_nor_compressed(front: Front) -> None:
    paths = ("/", "/night-trains", f"/fr/night-trains/sent?t={SECRET}")
    for path in paths:
        answer, _body = front.ask(path, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers

    assert all(line.endswith(" MISS") for line in front.lines_of(*paths))
    assert front.ask("/", **{"Accept-Language": "ja"})[0].headers["Location"] == "/ja/"
    assert front.ask("/", **{"Accept-Language": "de"})[0].headers["Location"] == "/de/"
