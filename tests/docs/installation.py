"""An installation as the documents describe it: fresh keys, a folder of its own, real processes."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from signing import ROOT
from signing.cli import keys

PATIENCE = 20.0  # seconds


class Installation:
    """A folder in which commands are run; the demo's letters lie in it."""

    def __init__(self, folder: Path, *, smtp_port: int) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "demo" / "letters", folder, dirs_exist_ok=True)
        mine = {name: value for name, value in os.environ.items() if "SIGNING_" not in name}
        self.environment = (
            mine
            | keys.fresh()
            | {
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "SIGNING_DATA_DIR": str(folder / "data"),
                "SIGNING_MAIL_FROM": "letters@example.org",
                "SIGNING_NAMESERVERS": "off",  # example.org is somebody else's
                "SIGNING_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            }
        )

    def run(self, command: str) -> tuple[int, str]:
        """Exit status, and what was said on both channels; questions are answered with yes."""
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.folder,
            env=self.environment,
            input="y\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout.replace("[y/N]: ", "[y/N]: y\n")  # a terminal's echo

    @contextmanager
    def running(self, command: str, is_ready: Callable[[str], bool]) -> Iterator[None]:
        """The command runs inside, and has ended by itself, with 0, after it was told to."""
        log = self.folder / "running.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                ["bash", "-euc", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            _wait_until(lambda: is_ready(log.read_text()), process, log)
            yield
        finally:
            process.terminate()
            try:
                status = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
        assert status == 0, f"{command} ended with {status}:\n{log.read_text()}"

    @contextmanager
    def serving(self, command: str) -> Iterator[int]:
        """The same for what serves pages, on a port that is free: others may have the printed."""
        port = free_port()
        workers = int((re.search(r"--workers (\d+)", command) or [0, 2])[1])

        def is_ready(log: str) -> bool:
            # Told to end while a process is starting, granian waits for it in vain, and long.
            return log.count("Started worker-") == workers and is_answering(port)

        with self.running(re.sub(r"--port \d+", f"--port {port}", command), is_ready):
            yield port


def _wait_until(done: Callable[[], bool], process: subprocess.Popen[str], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert process.poll() is None, f"it has ended:\n{log.read_text()}"
        assert time.monotonic() < until, f"it is never ready:\n{log.read_text()}"
        time.sleep(0.05)


def is_answering(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
