"""The real command, in a process of its own, on the installation of a test."""

from __future__ import annotations

import os
import subprocess
import sys

from signing import ROOT
from signing.core.settings import Settings


def run(
    settings: Settings,
    environment: dict[str, str],
    *words: str,
    given: bytes = b"",
    **changed: str,
) -> subprocess.CompletedProcess[bytes]:
    """What it said and how it ended; never with a traceback."""
    urls = {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "signing", *words],
        env=os.environ | environment | urls | changed,
        cwd=ROOT,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done
