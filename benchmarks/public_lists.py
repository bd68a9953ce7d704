"""What everybody and every program may list: the database's work with a thousand and a million.

    python -m benchmarks.public_lists 1000000

On PostgreSQL. Beside the median stands how many pages of 8 KB the statements touch: that does not
depend on what else the machine does. What touches far more for a million is shown with its plan.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import seeding
from benchmarks.installation import Installation, installation, open_letter
from benchmarks.staff_screens import FEW, MANY, NUMBERS, Screen, _noted, _plan
from signing.core.db import db, let_go, transaction
from signing.letters import queries as letters
from signing.partners import tokens
from signing.partners.models import OF_LETTER
from tests import make, staff
from tests.postgres import cluster

MOST_RATIO = 2.0
FEW_PAGES = 200  # whose ratio says little
ROUNDS = 7
HOUSE = ("/staff", "/feed.atom", "/en/", "/api/v1/letters")  # one for all letters
OF_A_LETTER = (
    "/en/{slug}", "/en/{slug}/feed.atom", "/en/{slug}/embed", "/embed/{slug}/en.json",
    "/embed/{slug}/en/by-locale.json", "/open-data/{slug}/locale.csv",
    "/open-data/{slug}/country.csv", "/open-data/{slug}/day.csv", "/api/v1/letters/{slug}",
    "/api/v1/letters/{slug}/counts", "/api/v1/letters/{slug}/partners",
)  # fmt: skip
LISTS = ("/api/v1/letters/{slug}/names", "/api/v1/letters/{slug}/signatures")
DEEP = 5  # so many times a program turns over


@dataclass
class Asked:
    """One address, and what it costs."""

    screen: Screen
    headers: dict[str, str]
    pages: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.screen.seconds)


def report(installed: Installation) -> None:
    """Print each list for the letter of few and for that of many, which are there already."""
    with installed.app.app_context():
        headers = {slug: _with_token(slug) for slug in (FEW, MANY)}
        client = staff.browser(installed.app, staff.member("lists@example.org")).client
        let_go()
    _tidy(installed.app)
    print("  lists: ms and pages of 8 KB, with few and with many signatures")
    for name, paths in _paths(client, headers):
        few, many = (_ask(installed.app, client, paths[one], headers[one]) for one in (FEW, MANY))
        ratio = many.pages / max(few.pages, 1)
        is_slow = ratio > MOST_RATIO and many.pages > FEW_PAGES
        print(
            f"  {name:46} {few.median * 1000:7.1f} {many.median * 1000:7.1f} ms"
            f" {few.pages:7,} {many.pages:7,} pages  x {ratio:.2f}"
            f"{_status(few, many)}{'  SLOW' if is_slow else ''}"
        )
        if is_slow:
            print(_plan(installed.app, many.screen))


def _tidy(app: Flask) -> None:
    """As autovacuum does in its time: a million lines of the ledger were rolled up a moment ago."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("VACUUM (ANALYZE)")


def _status(few: Asked, many: Asked) -> str:
    found = few.screen.status, many.screen.status
    return "" if found == (200, 200) else f" status {found}"


def _with_token(slug: str) -> dict[str, str]:
    letter = letters.get_by_slug(slug)
    with transaction():
        plain = tokens.make_for_letter(
            letter.id, "Lists", OF_LETTER, timedelta(days=1), by=make.OPERATOR
        )
    return {"Authorization": f"Bearer {plain}"}


def _paths(
    client: FlaskClient, headers: dict[str, dict[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    for path in HOUSE:
        yield path, {FEW: path, MANY: path}
    for path in OF_A_LETTER:
        yield path, {slug: path.format(slug=slug) for slug in (FEW, MANY)}
    for path in LISTS:
        found = {slug: path.format(slug=slug) for slug in (FEW, MANY)}
        yield path, found
        later = {slug: _turned_over(client, one, headers[slug]) for slug, one in found.items()}
        yield f"{path} page {DEEP + 1}", later


def _turned_over(client: FlaskClient, path: str, headers: dict[str, str]) -> str:
    for _ in range(DEEP):
        following = client.get(path, headers=headers).get_json()["next"]
        if not following:
            break
        path = following
    return path


def _ask(app: Flask, client: FlaskClient, path: str, headers: dict[str, str]) -> Asked:
    asked = Asked(Screen(path), headers)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        asked.screen.status = client.get(path, headers=headers, buffered=True).status_code
        asked.screen.seconds.append(time.perf_counter() - began)
    with _noted(app, asked.screen):
        client.get(path, headers=headers, buffered=True)
    touched = [
        (_touched(app, statement, values), (seconds, statement, values))
        for seconds, statement, values in asked.screen.statements
        if statement.lstrip().upper().startswith(("SELECT", "WITH"))
    ]
    asked.pages = sum(pages for pages, _ in touched)
    heaviest = max(touched, key=lambda one: one[0])
    asked.screen.statements = [heaviest[1]]
    return asked


def _touched(app: Flask, statement: str, values: Any) -> int:
    """Pages that the statement reads, from memory or disk."""
    with app.app_context(), db.engine.connect() as connection:
        said = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values
        )
        plan = said.scalar_one()
        plan = json.loads(plan) if isinstance(plan, str) else plan
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBERS[MANY]
    with tempfile.TemporaryDirectory() as data, cluster(durable=False) as server:
        urls = {"database_url": server.create("bench"), "keystore_url": server.create("bench_keys")}
        with installation(Path(data), **urls) as installed:
            with installed.app.app_context():
                for slug, count in ((FEW, NUMBERS[FEW]), (MANY, number)):
                    seeding.fill(open_letter(slug), count)
            report(installed)


if __name__ == "__main__":
    main()
