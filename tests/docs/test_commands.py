"""Every command in the documents works as it is printed, in the order of the document."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from signing import ROOT
from tests.docs.documents import DOCUMENTS, Step, steps
from tests.docs.installation import Installation

WITH_COMMANDS = [document for document in DOCUMENTS if steps(document)]
WORKING = "retention"  # what a worker says when it has begun


@pytest.mark.parametrize("document", WITH_COMMANDS, ids=lambda path: path.name)
def test_what_is_printed_works(document: Path, tmp_path: Path, smtp_port: int) -> None:
    installation = Installation(tmp_path, smtp_port=smtp_port)
    printed = steps(document)
    commands = [step.command for step in printed]
    if any(one.startswith("signing") for one in commands) and "signing db upgrade" not in commands:
        _succeeds(installation, Step(0, "signing db upgrade", ""))  # `make run` has done it there

    for step in printed:
        program, _, rest = step.command.partition(" ")
        if program == "make":
            _is_a_target(rest)
        elif rest.split()[0] in {"serve", "demo"}:
            with installation.serving(step.command):
                pass
        elif rest.split()[0] == "worker":
            with installation.running(step.command, lambda log: WORKING in log):
                pass
        else:
            _succeeds(installation, step)


def _succeeds(installation: Installation, step: Step) -> None:
    assert step.command.startswith("signing "), f"line {step.line}: who is to run this?"
    status, said = installation.run(step.command)
    assert status == 0, f"line {step.line}: {step.command}\n{said}"
    assert step.agrees_with(said), f"line {step.line}: {step.command} says\n{said}"


def _is_a_target(words: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--silent", *words.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
