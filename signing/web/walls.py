"""Where enough is enough: routes that answer 429 once a network has asked too often.

Not the sign form, which asks for work instead (see `signatures.screening`): a university behind
one address is no flood. What stands here is rarely needed, and never by so many of one network.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask_limiter import Limiter
from limits import parse_many

from signing.core.limits import limits
from signing.core.settings import Settings
from signing.web import bearer, visitor

API = "1200 per 10 minutes; 20000 per 23 hours"
# Two windows each, for one network; none so long that its count outlives 24 hours.
WALLS = {
    "site.proof_of_work.ask": "600 per 10 minutes; 6000 per 23 hours",
    "site.sent.again": "300 per 10 minutes; 2000 per 23 hours",
    "site.reporting.send": "30 per 10 minutes; 200 per 23 hours",
    "site.my_links.send": "60 per 10 minutes; 300 per 23 hours",
    "api.letters.list_letters": API,
    "api.letters.get_letter": API,
    "api.letters.get_counts": API,
    "api.feeds.list_events": API,
    "api.signatures.get_form": API,
    "api.signatures.sign": API,
    "api.people.list_names": API,
    "api.people.list_signatures": API,
    "api.partners.list_partners": API,
    "api.imports.begin_import": "40 per 10 minutes; 60 per 23 hours",
    "api.imports.list_imports": API,
    "api.imports.get_import": API,
    "api.imports.count_import": API,
    "api.imports.undo_import": API,
    "api.hooks.list_webhooks": API,
    "api.hooks.add_webhook": API,
    "api.hooks.remove_webhook": API,
    "api.hooks.replay_webhook": API,
}
# Who has an IPv6 network of 48 bits has 65,536 of those that are counted above. So it is counted
# too; it may also be a university, or the phones of a town, and may do so many times as much.
WIDER = 5
WIDE = {"site.reporting.send": "60 per 10 minutes; 300 per 23 hours"}  # rarer still, even there


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
    tokens_own = limiter.shared_limit(
        _rates_of_token, scope="token", key_func=_who, exempt_when=lambda: not _has_token()
    )
    for endpoint, rates in WALLS.items():
        if endpoint in app.view_functions:
            is_exempt = _has_token if rates == API else None
            guard = limiter.limit(rates, key_func=_who, exempt_when=is_exempt)
            guarded: Any = guard(app.view_functions[endpoint])
            wide = WIDE.get(endpoint) or _wider(rates)
            guarded = limiter.limit(wide, key_func=_around, exempt_when=_is_one)(guarded)
            if endpoint.startswith("api."):
                guarded = tokens_own(guarded)
            app.view_functions[endpoint] = guarded


def _who() -> str:
    """Who asks: the token, if a good one is shown, wherever its program runs; else the network."""
    token = bearer.find()
    return visitor.nearest() if token is None else f"token:{token.id.hex}"


def _wider(rates: str) -> str:
    each = parse_many(rates)
    return "; ".join(
        f"{WIDER * one.amount} per {one.multiples} {one.GRANULARITY.name}" for one in each
    )


def _around() -> str:
    return f"wide:{visitor.networks()[-1]}"


def _is_one() -> bool:
    """An IPv4 address is in no wider network of one owner; programs have walls of their own."""
    return _has_token() or len(visitor.networks()) == 1


def _has_token() -> bool:
    """Then the token's own wall stands in the place of the network's."""
    return bearer.find() is not None


def _rates_of_token() -> str:
    """All that is asked with it, together."""
    settings: Settings = current_app.extensions["signing.settings"]
    return f"{settings.token_a_minute} per minute; {settings.token_a_day} per day"
