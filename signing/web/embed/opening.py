"""Answers that every website may read and every cache may keep."""

from __future__ import annotations

import json

from flask import Response

from signing.web import headers

STALE_SECONDS = 300


def open_to_all(response: Response, seconds: int = headers.COUNT_SECONDS) -> Response:
    """For every website to read and every cache to keep.

    What is not a live number may also be handed out while a cache fetches a new one.
    """
    stale = 0 if seconds == headers.COUNT_SECONDS else STALE_SECONDS
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return headers.share(response, seconds, browser_seconds=seconds, stale_seconds=stale)


def compact(values: dict[str, object]) -> str:
    """JSON in few bytes: a partner's visitors load it again and again."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
