"""A real mail server, and a real site with the demo's letters for tests that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signing.mail.sink import Sink
from tests.docs.installation import Installation


@pytest.fixture(scope="session")
def smtp_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    sink = Sink(tmp_path_factory.mktemp("mails"))
    sink.start()
    yield sink.port
    sink.stop()


@pytest.fixture(scope="session")
def site_port(tmp_path_factory: pytest.TempPathFactory, smtp_port: int) -> Iterator[int]:
    """`signing serve` with a letter that nobody has signed."""
    installation = Installation(tmp_path_factory.mktemp("site"), smtp_port=smtp_port)
    status, said = installation.run("signing db upgrade && signing letters import night-trains")
    assert status == 0, said
    with installation.serving("signing serve --port 8000") as port:
        yield port
