"""For machines that watch: whether the process is alive, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from signing.core.db import db

bp = Blueprint("health", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
def live() -> ResponseReturnValue:
    """The process answers."""
    return "ok\n", PLAIN


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database answers too."""
    db.session.execute(text("SELECT 1"))
    return "ok\n", PLAIN
