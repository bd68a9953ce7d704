"""A real Redis for a test: Debian's, in the foreground, on a port of its own, keeping nothing."""

from __future__ import annotations

import shutil
import subprocess
from types import TracebackType
from typing import Self

from benchmarks.installation import free_port
from tests.conftest import missing


class Redis:
    """Runs inside `with`; `url` is where."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        program = shutil.which("redis-server")
        if program is None:
            missing("redis-server is not installed")
        self._process = subprocess.Popen(
            [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--daemonize", "no"],
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return self
        raise RuntimeError("Redis ended before it was ready")

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate()
