"""Partner sites' door: the live count as JSON, badge, frame and element; no cookie, cacheable."""

from __future__ import annotations

from flask import Blueprint

from signing.web.embed import counter

embed = Blueprint("embed", __name__, url_prefix="/embed")
embed.register_blueprint(counter.bp)
