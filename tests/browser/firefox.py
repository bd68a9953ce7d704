"""Debian's Firefox, asked by Marionette, the protocol that it was born with: JSON over a socket.

with Firefox(profile) as firefox:
    firefox.open(url)
    assert firefox.script("return document.title") == "A partner"
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.installation import free_port

FIREFOX = shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
PATIENCE = 60.0


class Firefox:
    """A headless Firefox with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._asked = 0

    def __enter__(self) -> Self:
        port = free_port()
        self._profile.mkdir()
        (self._profile / "user.js").write_text(
            f'user_pref("marionette.port", {port});\n'
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
            'user_pref("network.captive-portal-service.enabled", false);\n'
            'user_pref("network.connectivity-service.enabled", false);\n'
            'user_pref("app.normandy.enabled", false);\n'
        )
        with (self._profile / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", self._profile],
                env=os.environ | {"HOME": str(self._profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
                stdout=log,
                stderr=log,
            )
        try:
            self._socket = self._connect(port)
            self._read()  # it says hello first
            self._ask("WebDriver:NewSession", {"capabilities": {}})
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._socket.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def open(self, url: str) -> None:
        """Load the page; returns once it is loaded."""
        self._ask("WebDriver:SwitchToFrame", {"id": None})
        self._ask("WebDriver:Navigate", {"url": url})

    def script(self, code: str) -> Any:
        """What the function body returns when it runs in the page, whatever the page's CSP says."""
        answer = self._ask("WebDriver:ExecuteScript", {"script": code, "args": []})
        return answer["value"]

    def wait_for(self, code: str, seconds: float = 20.0) -> Any:
        """What the function body returns as soon as that is true."""
        until = time.monotonic() + seconds
        while not (found := self.script(code)):
            assert time.monotonic() < until, code
            time.sleep(0.1)
        return found

    def into(self, code: str) -> None:
        """From now on, until a page is opened, scripts run in the frame that the body returns."""
        (element,) = self.script(code).values()
        self._ask("WebDriver:SwitchToFrame", {"element": element})

    def _connect(self, port: int) -> socket.socket:
        until = time.monotonic() + PATIENCE
        while True:
            assert self._process.poll() is None, (self._profile / "log").read_text()
            try:
                return socket.create_connection(("127.0.0.1", port), PATIENCE)
            except ConnectionRefusedError:
                assert time.monotonic() < until, (self._profile / "log").read_text()
                time.sleep(0.1)

    def _ask(self, command: str, values: dict[str, Any]) -> Any:
        self._asked += 1
        said = json.dumps([0, self._asked, command, values]).encode()
        self._socket.sendall(b"%d:%s" % (len(said), said))
        _type, number, error, answer = self._read()
        assert number == self._asked
        assert error is None, error
        return answer

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._receive(1)
        return json.loads(self._receive(int(length[:-1])))

    def _receive(self, n: int) -> bytes:
        received = b""
        while len(received) < n:
            more = self._socket.recv(n - len(received))
            assert more, "Firefox has ended"
            received += more
        return received
