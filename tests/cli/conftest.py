"""The real command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from signing import ROOT
from signing.core.settings import Settings

Signing = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def signing(settings: Settings, environment: dict[str, str]) -> Signing:
    """The real command in a process of its own, on the installation of this test."""
    given = environment | {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }

    def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "signing", *arguments],
            env=os.environ | given | changed,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done

    return run
