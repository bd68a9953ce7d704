"""A whole installation in processes of its own, as an operator runs it; parts can be killed.

    with SmtpServer() as mail, Installation(environment, tmp_path, mail) as ours:
        page.goto(f"{ours.url}/en/night-trains")

`signing serve` with two processes (granian), `signing worker`, one database, a real mail server.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from benchmarks.installation import free_port, wait_for
from signing import ROOT, create_app
from signing.core import locales
from signing.core.settings import read_settings
from signing.letters import folder_reader
from signing.letters.models import Letter
from tests import make
from tests.conftest import KEYS_TEMPLATE, TEMPLATE, _part, let_go
from tests.mail.smtp_server import SmtpServer
from tests.postgres import Server

LETTER = ROOT / "demo" / "letters" / "night-trains"
SERVER_PROCESSES = 2
END_SECONDS = 30


class Program:
    """A `signing` command with all its children in a process group of its own."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", "signing", *arguments]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "it does not run"
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def has_ended(self) -> bool:
        assert self._process is not None, "it was stopped"
        return self._process.poll() is not None

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def terminate(self) -> None:
        """Ask it to end, and return at once."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self) -> int:
        """Its exit status, once it has ended; what it left behind is ended too."""
        assert self._process is not None, "it does not run"
        try:
            return self._process.wait(END_SECONDS)
        finally:
            self.kill()

    def stop(self) -> None:
        """End it politely, if it runs."""
        if self._process is not None:
            self.terminate()
            self.wait()

    def kill(self) -> None:
        """SIGKILL for it and all its children at the same moment."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait(END_SECONDS)
        self._process = None


class Installation:
    """Server, worker and the application on the same database, for looking into the books."""

    def __init__(
        self,
        environment: Mapping[str, str],
        logs: Path,
        mail: SmtpServer,
        host: str = "127.0.0.1",
    ) -> None:
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        self.mail = mail
        own = {"SIGNING_BASE_URL": self.url, "SIGNING_SMTP_URL": mail.url}
        environment = {**environment, **own}
        self.app = create_app(read_settings(environment))
        number = str(SERVER_PROCESSES)
        self.server = Program(
            "serve", "--port", str(self.port), "--workers", number,
            environment=environment, log=logs / "server.log",
        )  # fmt: skip
        self.worker = Program("worker", environment=environment, log=logs / "worker.log")

    def __enter__(self) -> Self:
        try:
            self.worker.start()
            self.start_server()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._end()
        if kind is None:
            assert "Traceback" not in self.server.log + self.worker.log

    def _end(self) -> None:
        try:
            self.server.stop()
        finally:
            self.worker.stop()
            let_go(self.app)

    def start_server(self) -> None:
        self.server.start()
        wait_for(f"{self.url}/healthz")

    def letter(self, slug: str) -> Letter:
        """The demo's letter in all its languages, open, at an address of its own."""
        with self.app.app_context():
            known = set(locales.languages())
            return make.letter(slug, read=folder_reader.read(LETTER, known_locales=known))

    def link(self, kind: str, *, to: str, timeout: float = 20.0) -> str:
        """The newest such link that the worker has mailed to this address."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            for mail in reversed(self.mail.received):
                text = _part(mail.message, "plain") if to in mail.to else ""
                if found := re.search(rf"\S+/{kind}/\S+", text):
                    return found[0]
            time.sleep(0.05)
        raise TimeoutError(f"no link to {kind} has arrived\n{self.worker.log}")

    @contextmanager
    def connection_to(self, pid: int) -> Iterator[http.client.HTTPConnection]:
        """A kept-alive connection that this very server process has accepted."""
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=END_SECONDS)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                if connection.sock and _inode(connection.sock.getsockname()[1]) in _sockets(pid):
                    yield connection
                    return
            finally:
                connection.close()
        raise TimeoutError(f"process {pid} takes no connection")

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """An answer without its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=END_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


def _inode(client_port: int) -> str:
    """The server's end of the connection from this port of 127.0.0.1, as the kernel numbers it."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return next(f"socket:[{f[9]}]" for f in fields if f[2] == f"0100007F:{client_port:04X}")


def _sockets(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(descriptor.readlink()))
    return found


@contextmanager
def database(
    name: str, data: Path, request: pytest.FixtureRequest, environment: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation on SQLite or PostgreSQL, for any fixture's scope."""
    chosen = {**environment, "SIGNING_DATA_DIR": str(data)}
    if name == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), data)
        yield chosen
        return
    server: Server = request.getfixturevalue("postgresql")
    urls = {
        "SIGNING_DATABASE_URL": server.create(template=TEMPLATE),
        "SIGNING_KEYSTORE_URL": server.create(template=KEYS_TEMPLATE),
    }
    yield chosen | urls
    for url in urls.values():
        server.drop(url)
