"""A served installation and a browser to visit it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.embed_probe import CHROMIUM, chromium
from tests.browser.served import Installation, database
from tests.conftest import DATABASES, missing
from tests.mail.smtp_server import SmtpServer


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for the whole run."""
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is missing: apt install chromium")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module", params=DATABASES)
def installation(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Installation]:
    """Two server processes, a worker, a mail server; on each database in turn."""
    folder = tmp_path_factory.mktemp("served")
    with (
        database(request.param, folder / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, folder, mail) as served,
    ):
        yield served
