"""The real command, in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from flask import Flask

from signing.core.settings import Settings
from tests import backup
from tests.backup import Backup
from tests.cli import forked

Signing = Callable[..., CompletedProcess[str]]
Taken = Callable[[], Backup]


@pytest.fixture
def signing(settings: Settings, environment: dict[str, str]) -> Signing:
    """The real command in a process of its own, on the installation of this test."""
    given = environment | {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }

    def run(*arguments: str, **changed: str) -> CompletedProcess[str]:
        done = forked.run(arguments, os.environ | given | changed)
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def back_up(
    request: pytest.FixtureRequest, app: Flask, settings: Settings, tmp_path: Path
) -> Taken:
    """Makes a backup of the database as it is now."""

    def take() -> Backup:
        server = lambda: request.getfixturevalue("postgresql")  # noqa: E731
        return backup.take(app, settings.database_url, server, tmp_path)

    return take
