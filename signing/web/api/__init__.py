"""The programs' door: letters and their counts as JSON and CSV, described by what answers."""

from __future__ import annotations

from flask import Blueprint

from signing.web.api import access, feeds, letters, open_data, reference, signatures

api = Blueprint("api", __name__)
for part in (letters, feeds, signatures, reference, open_data):
    api.register_blueprint(part.bp)
api.register_error_handler(access.NoToken, access.refuse)
api.register_error_handler(signatures.Wrong, signatures.refuse)
