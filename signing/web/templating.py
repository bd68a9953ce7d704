"""What every template may use: languages, numbers, dates, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask

from signing.core import links, locales
from signing.core.settings import Settings
from signing.web import addresses
from signing.web.speech import spoken


@dataclass(frozen=True, slots=True)
class Retention:
    """After how many days things are deleted."""

    pending: int
    delivered: int
    closed: int
    mail: int


def install(app: Flask, settings: Settings) -> None:
    said = {"number": _number, "day": _day, "moment": _moment, "country": _country}
    app.jinja_env.filters |= said | {"begun": _begun}
    app.jinja_env.globals |= {"asset": addresses.asset, "absolute": links.absolute}

    retention = Retention(
        pending=settings.pending_days,
        delivered=settings.sealed_days_after_delivery,
        closed=settings.sealed_days_after_closing,
        mail=settings.settled_mail_days,
    )

    @app.context_processor
    def _everywhere() -> dict[str, object]:
        return {
            "language": spoken(),
            "site_name": settings.site_name,
            "retention": retention,
        }


def _number(value: int) -> str:
    return locales.number(value, locales.current())


def _day(value: date | datetime) -> str:
    return locales.day(value, locales.current())


def _moment(value: datetime) -> str:
    return locales.moment(value, locales.current())


def _country(code: str) -> str:
    return dict(locales.countries(locales.current().tag)).get(code, code)


def _begun(text: str, after: str) -> str:
    """What goes on after a greeting; where there is none, it begins with a large letter."""
    return text if after else text[:1].upper() + text[1:]
