"""`make bench`: every figure of one run, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import (
    beside_nginx,
    broadcasting,
    constant_answers,
    embeds,
    exports,
    hot_paths,
    proof_of_work,
    public_lists,
    sizes,
    staff_screens,
    upkeep,
    webhooks,
)
from benchmarks.installation import Installation, installation
from tests.postgres import cluster


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt install wrk")
    for name, make in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
        print(f"\n{name}, two server processes")
        with make() as installed:
            _report(installed)
            if name == "PostgreSQL":
                staff_screens.report(installed)
                public_lists.report(installed)
                exports.report(installed, staff_screens.MANY)


@contextmanager
def _on_sqlite() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory() as data, installation(Path(data)) as installed:
        yield installed


@contextmanager
def _on_postgresql() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory() as data, cluster(durable=True) as server:
        urls = {"database_url": server.create("bench"), "keystore_url": server.create("bench_keys")}
        with installation(Path(data), **urls) as installed:
            yield installed


def _report(installed: Installation) -> None:
    for name, rate in hot_paths.rates(installed):
        late = f", {rate.late} late" if rate.late else ""
        refused = f", {rate.refused} REFUSED" if rate.refused else ""
        print(f"  {name:62} {rate.per_second:10,.0f}/s{late}{refused}")
    print(f"  confirmed at the end: {hot_paths.confirmed(installed):,}")
    taken = constant_answers.samples(installed)
    for kind, seconds in constant_answers.medians(taken).items():
        print(f"  median answer to a form of somebody {kind:26} {seconds * 1000:10.2f} ms")
    print(f"  smallest p of their rank tests: {constant_answers.smallest_p(taken):.3f}")
    for path, n in hot_paths.statements(installed).items():
        print(f"  SQL statements, {path:46} {n:10}")
    for size in sizes.sizes(installed):
        print(f"  bytes, {size.name:55} {size.n:10,} of {size.budget:,}")
    for difficulty, median, longest in proof_of_work.seconds(installed):
        print(f"  work on a slow phone, {difficulty:40} {median:10.1f} s, {longest:.1f} s at most")
    for step in upkeep.figures(installed):
        print(
            f"  {step.name:62} {step.rows / step.seconds:10,.0f} rows/s "
            f"({step.rows:,} rows; {step.before:.0f} MB resident before, {step.most:.0f} at most)"
        )
    for figure in broadcasting.figures(installed):
        print(f"  {figure.name:62} {figure.value:10,.1f}{figure.unit}")
    for figure in webhooks.figures(installed):
        print(f"  {figure.name:62} {figure.value:10,.2f}{figure.unit}")
    for one in embeds.sizes(installed):
        packed = f"{one.raw:,} raw, {one.gzip:,} gzip, {one.brotli or 0:,} brotli"
        verdict = "" if one.keeps_it else " OVER IT"
        print(f"  {one.name:24} {packed:40} budget: {one.budget:,} {one.of}{verdict}")
    if shutil.which("nginx") is None:
        print("  nginx is missing (apt install nginx): no ratio")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, ours, theirs, ratio in beside_nginx.ratios(installed, Path(folder)):
            print(f"  {name}: {ours:,.0f}/s, nginx from a file {theirs:,.0f}/s: × {ratio:.2f}")
        rate, asked = embeds.behind_a_cache(installed, Path(folder))
        print(
            f"  counter behind nginx's cache: {rate.per_second:,.0f}/s, we were asked {asked} times"
        )


if __name__ == "__main__":
    main()
