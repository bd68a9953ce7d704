"""A real installation for one benchmark: its own database, two server processes, a real letter."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask

from signing import ROOT, create_app
from signing.cli import keys
from signing.cli.app import OPERATOR
from signing.core import locales, migrating
from signing.core.db import transaction
from signing.core.settings import read_settings
from signing.core.vault import vault
from signing.letters import actions, folder_reader
from signing.letters.actions import ImportRules
from signing.letters.models import Letter

SLUG = "night-trains"
SERVER_PROCESSES = 2
START_SECONDS = 30


@dataclass(frozen=True)
class Installation:
    """An application, and the address where its server processes answer."""

    app: Flask
    environment: dict[str, str]
    url: str


@contextmanager
def installation(
    data: Path, *, database_url: str = "", keystore_url: str = ""
) -> Iterator[Installation]:
    """Migrated, one letter open, served by granian; SQLite unless told otherwise."""
    port = free_port()
    chosen = {
        "SIGNING_DATA_DIR": str(data),
        "SIGNING_DATABASE_URL": database_url,
        "SIGNING_KEYSTORE_URL": keystore_url,
        "SIGNING_BASE_URL": f"http://127.0.0.1:{port}",
        "SIGNING_MAIL_FROM": "letters@example.org",
        "SIGNING_NAMESERVERS": "off",
        # The load comes from one machine and means many: each form names another network.
        "SIGNING_TRUSTED_PROXIES": "127.0.0.1",
        "SIGNING_CALM_A_MINUTE": "1000000000",
    }
    environment = keys.fresh() | chosen
    settings = read_settings(environment)
    migrating.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        vault.make_keys()
        open_letter(SLUG)
    with _served(environment, port):
        yield Installation(app, environment, f"http://127.0.0.1:{port}")


def open_letter(slug: str) -> Letter:
    """The demo's letter, open under this slug."""
    read = folder_reader.read(
        ROOT / "demo" / "letters" / SLUG, known_locales=set(locales.languages())
    )
    rules = ImportRules(slug, frozenset(), has_signatures=False, names_until=date(2099, 1, 1))
    with transaction():
        return actions.import_folder(read, rules, by=OPERATOR).letter


@contextmanager
def _served(environment: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "signing", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", str(SERVER_PROCESSES)],
        env=os.environ | environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def wait_for(url: str) -> None:
    """Return once something answers there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=2):  # noqa: S310  # an address of our own
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(url)


def hidden_fields(url: str) -> dict[str, str]:
    """Wording and stamp of the letter's form, as a visitor's browser would send them back."""
    with urlopen(f"{url}/en/{SLUG}") as page:  # noqa: S310  # an address of our own
        found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.read().decode())
    assert dict(found).keys() == {"wording", "stamp"}  # noqa: S101
    return dict(found)


def network(number: int) -> dict[str, str]:
    """The header of a proxy that speaks for another visitor each time."""
    return {"X-Forwarded-For": str(IPv4Address("10.0.0.0") + number)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
