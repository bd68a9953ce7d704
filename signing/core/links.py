"""Whole addresses of our pages, for mails and for other people's websites."""

from __future__ import annotations

from typing import Any

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """The whole address of a page, from the settings and never from a request's Host."""
    base_url: str = current_app.config["BASE_URL"]
    return base_url + current_app.url_map.bind("").build(endpoint, values)
