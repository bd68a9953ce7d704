"""Which letter a page is about: its address says it, and its links stay with that letter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g


def install(door: Blueprint) -> None:
    """Take the slug out of every address, and put it into every address that wants one."""
    door.url_value_preprocessor(_note)
    door.url_defaults(_stay)


def slug() -> str | None:
    """The slug in the address, today's or an older one; None if the page is about no letter."""
    found: str | None = g.get("slug")
    return found


def _note(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = (values or {}).pop("slug", None)


def _stay(endpoint: str, values: dict[str, Any]) -> None:
    is_wanted = current_app.url_map.is_endpoint_expecting(endpoint, "slug")
    if is_wanted and "slug" not in values and slug():
        values["slug"] = slug()
