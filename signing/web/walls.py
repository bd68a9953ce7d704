"""Where enough is enough: routes that answer 429 once a network asked too often.

Not the sign form, which asks for work instead (see `signatures.screening`): a university behind
one address is no flood. What stands here is rarely needed, and never by so many of one network.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter

from signing.core.limits import limits
from signing.web import visitor

# Two windows each, for one network.
WALLS = {
    "site.work.ask": "600 per 10 minutes; 6000 per day",
    "site.sent.again": "300 per 10 minutes; 2000 per day",
    "site.my_links.send": "60 per 10 minutes; 300 per day",
}


def install(app: Flask) -> None:
    with app.app_context():
        app.config["RATELIMIT_STORAGE_URI"] = limits.uri
        app.config["RATELIMIT_STORAGE_OPTIONS"] = limits.options
    limiter = Limiter(
        visitor.nearest,
        app=app,
        headers_enabled=True,
        swallow_errors=True,  # as `core.limits`: a store that is away limits nobody
        key_prefix="wall",
    )
    for endpoint, rates in WALLS.items():
        if endpoint in app.view_functions:
            guarded: Any = limiter.limit(rates)(app.view_functions[endpoint])
            app.view_functions[endpoint] = guarded
