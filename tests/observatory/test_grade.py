"""Mozilla's HTTP Observatory grades every kind of page of ours, behind nginx with TLS: A+."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signing import ROOT, create_app
from signing.core.settings import read_settings
from signing.core.tokens import Purpose, tokens
from tests import make
from tests.browser.served import Program, database
from tests.conftest import let_go, missing
from tests.docs.installation import free_port, is_answering
from tests.observatory.front import HOST, Front, front, lacks

HERE = Path(__file__).parent
OURS = ("package.json", "package-lock.json", ".npmrc", "scan.mjs")
INSTALL_SECONDS = 90


@pytest.fixture(scope="session")
def observatory() -> Path:
    """The package as the lock file has it, installed once for all runs."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        missing("node and npm are missing: apt install nodejs npm")
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".make" / f"observatory-{lock}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in OURS:
        shutil.copy(HERE / name, folder)
    if not (folder / "installed").exists():
        done = subprocess.run(
            [str(npm), "ci", "--loglevel=error"],
            cwd=folder, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS,
        )  # fmt: skip
        if done.returncode:
            missing(f"npm cannot install the Observatory: {done.stderr.strip()[:300]}")
        (folder / "installed").touch()
    return folder


@pytest.fixture
def visits_and_front(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[tuple[list[dict[str, Any]], Front]]:
    """A served letter that knows itself as https, and a visit to each kind of page."""
    if reason := lacks():
        missing(reason)
    site_port, http_port, https_port = free_port(), free_port(), free_port()
    base = environment | {"SIGNING_BASE_URL": f"https://{HOST}:{https_port}"}
    with database("sqlite", tmp_path / "data", request, base) as chosen:
        app = create_app(read_settings(chosen))
        with app.app_context():
            visits = _visits()
        let_go(app)
        server = Program(
            "serve", "--port", str(site_port), "--workers", "1",
            environment=chosen, log=tmp_path / "server.log",
        )  # fmt: skip
        server.start()
        try:
            while not is_answering(site_port):
                assert not server.has_ended, server.log
            ports = {"http_port": http_port, "https_port": https_port, "site_port": site_port}
            with front(tmp_path, **ports) as made:
                yield visits, made
        finally:
            server.stop()


def _visits() -> list[dict[str, Any]]:
    ref = make.signature(make.letter(), is_confirmed=False)
    confirm, manage = (tokens.make(one, ref) for one in (Purpose.CONFIRM, Purpose.MANAGE))
    pages = {
        "way in": "/", "home": "/en/", "letter": "/en/open-roads", "look": "/en/open-roads/sent",
        "thanks": "/en/open-roads/thanks", "privacy": "/en/open-roads/privacy",
        "imprint": "/en/imprint", "confirm": f"/en/confirm/{confirm}",
        "mine": f"/en/my-signature/{manage}", "my data": f"/en/my-signature/{manage}/data.json",
        "withdraw": f"/en/my-signature/{manage}/withdraw", "broken link": "/en/confirm/broken",
        "nothing": "/nothing/there", "static": "/static/site.css", "alive": "/healthz",
        "count": "/embed/open-roads/en.json", "no count": "/embed/none/en.json",
        "badge": "/embed/open-roads/en.svg", "frame": "/embed/open-roads/en",
        "element": "/embed/v1.js",
    }  # fmt: skip
    return [
        *({"name": name, "path": path} for name, path in pages.items()),
        {"name": "form error", "path": "/en/open-roads/sign", "form": "name="},
        {"name": "no such method", "path": "/en/imprint", "form": ""},
    ]


def test_every_kind_of_page_is_graded_a_plus(
    observatory: Path, visits_and_front: tuple[list[dict[str, Any]], Front]
) -> None:
    visits, ours = visits_and_front
    done = subprocess.run(
        ["node", "scan.mjs", str(ours.http_port), str(ours.https_port)],
        cwd=observatory,
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(ours.certificate)},
        input=json.dumps(visits),
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reports: dict[str, dict[str, Any]] = json.loads(done.stdout)

    assert reports.keys() == {visit["name"] for visit in visits}
    worse = {name: one for name, one in reports.items() if one["grade"] != "A+" or one["failed"]}
    assert worse == {}
    statuses = {name: one["status"] for name, one in reports.items() if one["status"] != 200}
    assert statuses == {
        "broken link": 404, "nothing": 404, "no count": 404,
        "form error": 422, "no such method": 405,
    }  # fmt: skip
