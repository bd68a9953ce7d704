"""Bytes against budgets: what a first visit costs a visitor, compressed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.installation import SLUG, Installation
from signing.web.addresses import asset

GZIP_LEVEL = 6


@dataclass(frozen=True)
class Size:
    name: str
    n: int
    budget: int


def sizes(installed: Installation) -> Iterator[Size]:
    client = installed.app.test_client()
    with installed.app.test_request_context():
        style, icon = asset("site.css"), asset("icon.svg")

    def packed(*paths: str) -> int:
        return sum(len(gzip.compress(client.get(path).data, GZIP_LEVEL)) for path in paths)

    for locale in ("en", "de", "ar", "ja"):
        yield Size(
            f"letter page, first visit, {locale}",
            packed(f"/{locale}/{SLUG}", style, icon),
            14 * 1024,
        )
