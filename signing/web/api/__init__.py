"""The programs' door: letters and their counts as JSON and CSV, described by what answers."""

from __future__ import annotations

from flask import Blueprint, Response

from signing.core.vault import Unreadable
from signing.web import errors
from signing.web.api import (
    access,
    bodies,
    feeds,
    hooks,
    imports,
    letters,
    open_data,
    partners,
    people,
    reference,
    signatures,
)

api = Blueprint("api", __name__)
for part in (
    letters, feeds, signatures, people, partners, imports, hooks, reference, open_data,
):  # fmt: skip
    api.register_blueprint(part.bp)
api.register_error_handler(access.NoToken, access.refuse)
api.register_error_handler(bodies.Wrong, bodies.refuse)


@api.errorhandler(Unreadable)
def erased(_error: Unreadable) -> Response:
    """The letter's key is gone, and with it whoever signed: nothing is told or taken any more."""
    return errors.answer(410, str(access.NotYours.message))
