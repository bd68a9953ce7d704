"""The application as the web server runs it: with the page cache in front."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from signing import create_app
from signing.web.page_cache import PageCache


def create() -> WSGIApplication:
    """What granian serves; the settings come from the environment."""
    return PageCache(create_app())
