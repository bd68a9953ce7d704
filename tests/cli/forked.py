"""The real command in a process of its own, forked from one that has already read the code.

Reading it takes a second a command, and the tests call hundreds: Python's fork server reads it
once. What is left out is the start of the interpreter: see `test_installed.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

from signing import ROOT
from signing.cli import main
from signing.cli.grouping import COMMANDS

PATIENCE_SECONDS = 60

_servers = get_context("forkserver")
_servers.set_forkserver_preload(
    ["tests.cli.forked", "signing.web", *(f"signing.cli.{name}" for name in COMMANDS)]
)


def run(arguments: tuple[str, ...], environment: Mapping[str, str]) -> CompletedProcess[str]:
    """As `subprocess.run` of `signing …` in the folder of the code, told by this environment."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        given = (arguments, dict(environment), str(out), str(err))
        process = _servers.Process(target=_become, args=given)
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(["signing", *arguments], PATIENCE_SECONDS)
        return CompletedProcess(
            ["signing", *arguments], process.exitcode, out.read_text(), err.read_text()
        )


def _become(arguments: tuple[str, ...], environment: dict[str, str], out: str, err: str) -> None:
    """This process is the command from here on."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for name, number in ((out, sys.stdout.fileno()), (err, sys.stderr.fileno())):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.argv[:] = ["signing", *arguments]
    main()
