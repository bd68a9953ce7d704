"""The relay from the partners' document in a real nginx: their visitors never call us."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from signing import ROOT
from tests import make
from tests.conftest import missing
from tests.docs import documents
from tests.docs.installation import PATIENCE, free_port
from tests.docs.test_nginx import NGINX
from tests.web.embed.test_behind_nginx import Origin, _served

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PARTNERS = ROOT / "docs" / "partners.md"


@pytest.fixture
def origin(app: Flask) -> Origin:
    make.signature(make.letter())
    return Origin(app)


@pytest.fixture
def relay(origin: Origin, tmp_path: Path) -> Iterator[str]:
    """The partner's own host, with what the document prints."""
    if not Path(NGINX).exists():
        missing("nginx is missing: apt install nginx")
    (printed,) = (one.content for one in documents.fences(PARTNERS, "text"))
    with _served(origin) as theirs:
        ours = free_port()
        example = printed.replace("https://letters.example.org", f"http://127.0.0.1:{theirs}")
        example = example.replace("/var/cache/nginx/letter", f"{tmp_path}/cache")
        cache, location = example.split("\n\n", 1)
        temporary = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = tmp_path / "nginx.conf"
        config.write_text(
            f"{'user root;' if tmp_path.owner() == 'root' else ''} daemon off;\n"
            f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
            f"http {{ access_log off; {temporary} {cache}\n"
            f"server {{ listen 127.0.0.1:{ours}; {location} }} }}\n"
        )
        nginx = subprocess.Popen([NGINX, "-c", config, "-e", tmp_path / "log"])
        try:
            _wait_for(f"http://127.0.0.1:{ours}/embed/integrity.json")
            yield f"http://127.0.0.1:{ours}"
        finally:
            nginx.terminate()
            nginx.wait(PATIENCE)


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            _ask(url)
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


def _ask(url: str, **headers: str) -> bytes:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # our own
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        body: bytes = answer.read()
    return body


def test_a_relay_hands_out_the_same_and_tells_us_nothing_of_its_visitors(
    relay: str, origin: Origin
) -> None:
    private = {"Cookie": "who=me", "Referer": "https://partner.example/secret", "User-Agent": "me"}
    for path in ("/embed/open-roads/fr.json", "/embed/open-roads/fr.svg", "/embed/v1.js"):
        answers = {_ask(relay + path, **private) for _ in range(20)}
        assert len(answers) == 1
        assert origin.asked[path] == 1
    told = {name for seen in origin.told for name in seen}
    assert told.isdisjoint({"HTTP_COOKIE", "HTTP_REFERER", "HTTP_USER_AGENT"}), told
