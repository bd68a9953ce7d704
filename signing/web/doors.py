"""The doors that speak HTTP, hung into one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

import signing.web.staff as staff_door
from signing.core.later import later
from signing.core.settings import Settings
from signing.web import errors, guard, headers, health, patience, speech, templating, walls
from signing.web.api import api
from signing.web.embed import embed
from signing.web.site import site

if TYPE_CHECKING:
    from signing.web.demo import outbox
else:
    outbox = later("signing.web.demo.outbox")


def hang(app: Flask, settings: Settings) -> None:
    """Hang all doors into the application."""
    speech.install(app)
    templating.install(app, settings)
    patience.install(app)
    guard.install(app, settings.base_url)
    headers.install(app, is_https=settings.base_url.startswith("https:"))
    errors.install(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(embed)
    app.register_blueprint(api)
    if settings.demo_outbox:
        app.register_blueprint(outbox.bp)
    app.register_blueprint(site)
    staff_door.install(app, settings)
    walls.install(app)
