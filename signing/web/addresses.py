"""Our own addresses: locales and slugs in paths, files that may be kept for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, url_for
from werkzeug.routing import BaseConverter, Rule

from signing.core import locales


class LocaleConverter(BaseConverter):
    """A language of the interface; any other path segment does not match (404)."""

    part_isolating = True
    weight = 50  # before a slug

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map)
        self.regex = "|".join(sorted(locales.languages(), key=len, reverse=True))


class SlugConverter(BaseConverter):
    regex = r"[a-z0-9]+(?:-[a-z0-9]+)*"
    weight = 150


def install(app: Flask, base_url: str) -> None:
    app.config["BASE_URL"] = base_url
    app.url_map.converters |= {"locale": LocaleConverter, "slug": SlugConverter}


def asset(filename: str) -> str:
    """The address of a static file; it changes with the content, so it may be kept for ever."""
    return url_for("static", filename=filename, v=_digest(filename))


@lru_cache
def _digest(filename: str) -> str:
    content = (Path(str(current_app.static_folder)) / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def reserved_slugs(app: Flask) -> frozenset[str]:
    """First path segments of our own addresses, and all locale tags: no letter may be called so."""
    firsts = {_first_segment(rule) for rule in app.url_map.iter_rules()}
    return frozenset(firsts | set(locales.languages())) - {""}


def _first_segment(rule: Rule) -> str:
    first = urlsplit(rule.rule).path.split("/")[1]
    return "" if first.startswith("<") else first.partition(".")[0]
