"""Our own addresses: locales and slugs in paths, files that may be kept for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from werkzeug.routing import BaseConverter, Rule

from signing.core import locales

PROMISED = frozenset({"api", "c", "feed", "metrics", "network", "oembed", "press", "staff", "u"})


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
    return url_for("static", filename=filename, v=digest(filename))


@lru_cache
def digest(filename: str) -> str:
    """What `asset` adds to the address of this file."""
    content = (Path(str(current_app.static_folder)) / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def reserved_slugs(app: Flask) -> frozenset[str]:
    """What no letter may be called: locale tags, and whatever our own addresses have in its place.

    That is their first segment, and the one after the locale; those of doors to come included.
    """
    ours = {segment for rule in app.url_map.iter_rules() for segment in _letter_places(rule)}
    return frozenset(ours | set(locales.languages()) | PROMISED) - {""}


def _letter_places(rule: Rule) -> list[str]:
    segments = rule.rule.split("/")[1:3]
    places = segments if segments[0].startswith("<locale") else segments[:1]
    return [place.partition(".")[0] for place in places if not place.startswith("<")]
