"""How a letter fares: the first page of its desk."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

bp = Blueprint("overview", __name__, url_prefix="/letters/<slug>")


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show(slug: str) -> ResponseReturnValue:  # noqa: ARG001  # `desk` reads it
    return desk.page("staff/overview.html")
