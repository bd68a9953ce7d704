"""The programs' door: letters and their counts as JSON and CSV, described by what answers."""

from __future__ import annotations

from flask import Blueprint

from signing.web.api import letters, open_data, reference

api = Blueprint("api", __name__)
for part in (letters, reference, open_data):
    api.register_blueprint(part.bp)
