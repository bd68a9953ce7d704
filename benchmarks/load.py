"""Load from wrk (Debian's package): a C program, so that it is not what is measured."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
THREADS = 2


@dataclass(frozen=True)
class Rate:
    per_second: float
    refused: int  # answers that are neither 2xx nor 3xx
    late: int  # broken connections, and answers that took longer than two seconds


def measure(
    url: str, *, seconds: int, script: Path | None = None, arguments: tuple[str, ...] = ()
) -> Rate:
    """Requests a second of one address, or of what a Lua script asks."""
    scripted = ["-s", str(script), url, "--", *arguments] if script else [url]
    out = subprocess.run(
        ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}", *scripted],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return Rate(
        float(rate[1]) if rate else 0.0,
        refused=int(refused[1]) if refused else 0,
        late=sum(map(int, broken.groups())) if broken else 0,
    )
