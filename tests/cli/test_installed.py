"""The command as it is installed: other tests of commands skip the start of the interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from signing.cli.grouping import COMMANDS
from tests.cli.conftest import Signing

INSTALLED = [str(Path(sys.executable).with_name("signing"))]
AS_MODULE = [sys.executable, "-m", "signing"]


@pytest.mark.parametrize("start", [INSTALLED, AS_MODULE], ids=["installed", "module"])
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_started_in_either_way_it_says_and_ends_as_in_the_other_tests(
    start: list[str], signing: Signing
) -> None:
    for words in (["--help"], ["letters", "--help"], ["lettres"]):
        done = subprocess.run([*start, *words], capture_output=True, text=True, check=False)
        expected = signing(*words)
        assert done.returncode == expected.returncode
        assert done.stderr.replace("python -m signing", "signing") == expected.stderr
        said = done.stdout.replace("python -m signing", "signing")
        assert said == expected.stdout
        assert all(name in said for name in COMMANDS) or words != ["--help"]
