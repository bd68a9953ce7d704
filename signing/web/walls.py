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

API = "1200 per 10 minutes; 20000 per 23 hours"
# Two windows each, for one network; none so long that its count outlives 24 hours.
WALLS = {
    "site.work.ask": "600 per 10 minutes; 6000 per 23 hours",
    "site.sent.again": "300 per 10 minutes; 2000 per 23 hours",
    "site.reporting.send": "30 per 10 minutes; 200 per 23 hours",
    "site.my_links.send": "60 per 10 minutes; 300 per 23 hours",
    "api.letters.list_letters": API,
    "api.letters.get_letter": API,
    "api.letters.get_counts": API,
    "api.feeds.list_events": API,
    "api.signatures.get_form": API,
    "api.signatures.sign": API,
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
