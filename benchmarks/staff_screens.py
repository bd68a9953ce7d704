"""Every screen of a letter that staff can open: how long with a thousand and with a million.

    python -m benchmarks.staff_screens 1000000

On PostgreSQL. What is slow is shown with the plan of its slowest statement.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from benchmarks import furnishing, seeding
from benchmarks.installation import Installation, installation, open_letter
from signing.core.db import db, let_go
from signing.letters.models import Letter
from tests import staff
from tests.postgres import cluster

FEW, MANY = "few", "many"
NUMBERS = {FEW: 1000, MANY: 1_000_000}
MOST_RATIO = 2.0
SLOW_SECONDS = 0.03  # a ratio of what is quicker says little
ROUNDS, LONGEST_SECONDS = 15, 6.0
# The same page asked for something else.
VARIANTS = {
    "staff.overview.show": ("?range=hours", "?range=all"),
    "staff.signatures.show": (
        "?country=FR", "?locale=fr&country=DE", "?state=pending", "?state=set_aside",
        "?flagged=y", "?sort=oldest",
    ),
    "staff.history.show": ("?verb=letter.set",),
}  # fmt: skip
LETTER_PATH = "/staff/letters/<slug>"


@dataclass
class Screen:
    """A page of one letter, opened several times."""

    path: str
    status: int = 0
    seconds: list[float] = field(default_factory=list)
    statements: list[tuple[float, str, Any]] = field(default_factory=list)  # of the last time

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Compared:
    """The same page of the small letter and of the large one."""

    endpoint: str
    few: Screen
    many: Screen

    @property
    def ratio(self) -> float:
        return self.many.median / self.few.median

    @property
    def is_slow(self) -> bool:
        return self.ratio > MOST_RATIO and self.many.median > SLOW_SECONDS


def report(installed: Installation, number: int = NUMBERS[MANY]) -> None:
    """Print every screen with both medians; the slow ones with a plan."""
    with installed.app.app_context():
        letters = {FEW: _letter(FEW, NUMBERS[FEW]), MANY: _letter(MANY, number)}
        browser = _browser(installed.app)
        known = {name: furnishing.furnish(letter) for name, letter in letters.items()}
        let_go()
    print(f"  staff screens: {NUMBERS[FEW]:,} and {number:,} signatures, ms (statements)")
    left: list[str] = []
    for rule in _rules(installed.app):
        paths = {name: _path(installed.app, rule, known[name]) for name in letters}
        if not all(paths.values()):
            left.append(rule.endpoint)
            continue
        for query in ("", *VARIANTS.get(rule.endpoint, ())):
            asked = {one: path + query for one, path in paths.items()}
            found = _compare(installed.app, browser, rule.endpoint + query, asked)
            _print(found)
            if found.is_slow:
                print(_plan(installed.app, found.many))
    if left:
        print(f"  not measured, for there is nothing to show: {', '.join(left)}")


def _letter(slug: str, number: int) -> Letter:
    letter = open_letter(slug)
    began = time.monotonic()
    seeding.fill(letter, number)
    print(f"  seeded {number:,} in {time.monotonic() - began:.0f} s")
    return letter


def _browser(app: Flask) -> staff.Browser:
    return staff.browser(app, staff.member())


def _rules(app: Flask) -> list[Rule]:
    found = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(LETTER_PATH))
    return sorted(
        (rule for rule in found if "GET" in (rule.methods or ())), key=lambda rule: rule.rule
    )


def _path(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    """ "" where the letter has nothing that such an address could name."""
    if not all(known.get(name) for name in rule.arguments):
        return ""
    values = {name: known[name] for name in rule.arguments}
    return app.url_map.bind("").build(rule.endpoint, values)


def _compare(app: Flask, browser: staff.Browser, name: str, paths: dict[str, str]) -> Compared:
    """By turns, so that whatever else the machine does meanwhile is shared by both."""
    few, many = (_warm(browser, paths[one]) for one in (FEW, MANY))
    until = time.monotonic() + LONGEST_SECONDS
    while len(few.seconds) < ROUNDS and (len(few.seconds) < 3 or time.monotonic() < until):
        for screen in (few, many):
            began = time.perf_counter()
            browser.client.get(screen.path, buffered=True)
            screen.seconds.append(time.perf_counter() - began)
    for screen in (few, many):
        with _noted(app, screen):
            browser.client.get(screen.path, buffered=True)
    return Compared(name, few, many)


def _warm(browser: staff.Browser, path: str) -> Screen:
    return Screen(path, browser.client.get(path, buffered=True).status_code)


@contextmanager
def _noted(app: Flask, screen: Screen) -> Iterator[None]:
    began = 0.0

    def before(*_rest: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(_c: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        screen.statements.append((time.perf_counter() - began, statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def _print(found: Compared) -> None:
    few, many = found.few, found.many
    status = "" if few.status == many.status == 200 else f" status {few.status}, {many.status}"
    verdict = "  SLOW" if found.is_slow else ""
    print(
        f"  {found.endpoint:40} {few.median * 1000:8.1f} ({len(few.statements):3})"
        f" {many.median * 1000:8.1f} ({len(many.statements):3})  x {found.ratio:.2f}"
        f"{status}{verdict}"
    )


def _plan(app: Flask, screen: Screen) -> str:
    """How the database went about the slowest statement of the page."""
    seconds, statement, values = max(screen.statements, key=lambda one: one[0])
    head = f"    {seconds * 1000:.1f} ms: {' '.join(statement.split())[:400]}"
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return head
    with app.app_context(), db.engine.connect() as connection:
        lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
        return "\n".join([head, *(f"      {line}" for (line,) in lines)])


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBERS[MANY]
    with tempfile.TemporaryDirectory() as data, cluster(durable=False) as server:
        urls = {"database_url": server.create("bench"), "keystore_url": server.create("bench_keys")}
        with installation(Path(data), **urls) as installed:
            report(installed, number)


if __name__ == "__main__":
    main()
