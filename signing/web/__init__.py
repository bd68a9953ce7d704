"""The doors that speak HTTP, and what they share. Doors do not import each other."""

from __future__ import annotations

from flask import Flask

import signing.web.demo.outbox as demo_outbox
import signing.web.staff as staff_door
from signing.core.settings import Settings
from signing.web import addresses, errors, guard, headers, health, speech, templating, walls
from signing.web.api import api
from signing.web.embed import embed
from signing.web.site import site


def hang(app: Flask, settings: Settings) -> None:
    """Hang all doors into the application."""
    addresses.install(app, settings.base_url)
    speech.install(app)
    templating.install(app, settings)
    guard.install(app, settings.base_url)
    headers.install(app, is_https=settings.base_url.startswith("https:"))
    errors.install(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(embed)
    app.register_blueprint(api)
    if settings.demo_outbox:
        app.register_blueprint(demo_outbox.bp)
    app.register_blueprint(site)
    staff_door.install(app, settings)
    walls.install(app)


__all__ = ["hang", "speech"]
