"""Which language a request is answered in: the address says it, else the visitor's browser."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, has_request_context, request

from signing.core import locales
from signing.core.locales import Language


def install(app: Flask) -> None:
    """Take the locale out of every address, and put it into every address that wants one."""
    app.url_value_preprocessor(_listen)
    app.url_defaults(_keep_speaking)


def _listen(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    tag = (values or {}).pop("locale", None) or preferred()
    g.language = locales.languages()[tag]


def _keep_speaking(endpoint: str, values: dict[str, Any]) -> None:
    wants_locale = current_app.url_map.is_endpoint_expecting(endpoint, "locale")
    if wants_locale and "locale" not in values:
        values["locale"] = spoken().tag


def select_locale() -> str | None:
    """For Flask-Babel: the locale of this request, as Babel writes it (pt_PT)."""
    language: Language | None = g.get("language")
    if language is None and has_request_context():
        language = locales.languages()[preferred()]
    return str(language.babel) if language else None


def preferred() -> str:
    """The best language of the interface for the visitor's browser."""
    return locales.choose(request.accept_languages.values(), locales.languages(), locales.SOURCE)


def spoken() -> Language:
    language: Language = g.language
    return language
