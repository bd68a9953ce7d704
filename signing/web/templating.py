"""What every template may use: languages, numbers, dates, addresses."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from signing.core import links, locales
from signing.core.settings import Settings
from signing.web import addresses
from signing.web.speech import spoken


def install(app: Flask, settings: Settings) -> None:
    app.jinja_env.filters |= {"number": _number, "day": _day, "country": _country}
    app.jinja_env.globals |= {"asset": addresses.asset, "absolute": links.absolute}

    @app.context_processor
    def _everywhere() -> dict[str, object]:
        return {
            "language": spoken(),
            "site_name": settings.site_name,
            "pending_days": settings.pending_days,
        }


def _number(value: int) -> str:
    return locales.number(value, locales.current())


def _day(value: date | datetime) -> str:
    return locales.day(value, locales.current())


def _country(code: str) -> str:
    return dict(locales.countries(locales.current().tag)).get(code, code)
