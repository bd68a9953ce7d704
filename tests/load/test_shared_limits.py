"""Two server processes count as one: in the database, in Redis, and behind a real nginx."""

from __future__ import annotations

import http.client
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from benchmarks.installation import free_port, wait_for
from signing.signatures.screening import NEAR_NETWORK
from tests import make
from tests.browser.served import SERVER_PROCESSES, Installation, database
from tests.conftest import missing
from tests.mail.smtp_server import SmtpServer
from tests.redis_server import Redis

SLUG = "night-trains"
USUAL = NEAR_NETWORK[0][1]
FORMS = 3 * USUAL


@pytest.fixture(params=["sqlite", "postgresql", "Redis"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[Installation]:
    with ExitStack() as stack:
        name = "sqlite" if request.param == "Redis" else request.param
        data = tmp_path / "data"
        chosen = stack.enter_context(database(name, data, request, environment))
        chosen["SIGNING_TRUSTED_PROXIES"] = "127.0.0.1"
        if request.param == "Redis":
            chosen["SIGNING_REDIS_URL"] = stack.enter_context(Redis()).url
        mail = stack.enter_context(SmtpServer())
        yield stack.enter_context(Installation(chosen, tmp_path, mail))


@contextmanager
def nginx(folder: Path, site_port: int) -> Iterator[int]:
    """A proxy that says from where a visitor comes, as docs/operators.md has it."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        missing("nginx is not installed")
    port = free_port()
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if folder.owner() == 'root' else ''} daemon off; pid {folder}/pid; "
        f"error_log {folder}/error.log; events {{}} "
        f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; location / {{ "
        f"proxy_set_header X-Forwarded-For $remote_addr; "
        f"proxy_pass http://127.0.0.1:{site_port}; }} }} }}\n"
    )
    process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def send(port: int, number: int, stamp: dict[str, str], *, says: str) -> int:
    """The status of a form, over a connection of its own."""
    form = make.FORM | stamp | {"email": f"p{number}@posteo.de"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": says}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"/en/{SLUG}/sign", urlencode(form), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_processes_count_together(installation: Installation, tmp_path: Path) -> None:
    installation.letter(SLUG)
    with installation.app.app_context():
        stamp = make.stamp(SLUG)
    assert len(installation.server.children()) >= SERVER_PROCESSES

    with ThreadPoolExecutor(8) as pool:
        one_network = Counter(
            pool.map(lambda n: send(installation.port, n, stamp, says="198.51.100.1"), range(FORMS))
        )
        many = Counter(
            pool.map(
                lambda n: send(installation.port, n + 1000, stamp, says=f"198.51.101.{n}"),
                range(FORMS),
            )
        )
    assert one_network == {303: USUAL, 429: FORMS - USUAL}
    assert many == {303: FORMS}

    # Behind a proxy nobody becomes many by saying so.
    with nginx(tmp_path, installation.port) as port, ThreadPoolExecutor(8) as pool:
        liar = Counter(
            pool.map(lambda n: send(port, n + 2000, stamp, says=f"203.0.113.{n}"), range(FORMS))
        )
    assert liar == {303: USUAL, 429: FORMS - USUAL}
