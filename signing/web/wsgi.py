"""The application as the web server runs it: page cache in front, and patience with the slow."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from signing import create_app
from signing.application import LARGEST_REQUEST_BYTES
from signing.core.settings import Settings
from signing.web.page_cache import PageCache
from signing.web.patience import SLOTS, Patience


def create() -> WSGIApplication:
    """What granian serves; the settings come from the environment."""
    app = create_app()
    settings: Settings = app.extensions["signing.settings"]
    return Patience(
        PageCache(app),
        slots=SLOTS,
        bodies=settings.waiting_forms,
        small=LARGEST_REQUEST_BYTES,
        trusted=settings.trusted_proxies,
    )
