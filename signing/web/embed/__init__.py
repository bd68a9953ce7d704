"""Partner sites' door: the live count in every form; no cookie, cacheable, open to every site."""

from __future__ import annotations

from flask import Blueprint

from signing.web.embed import counter, feeds, oembed, pictures, scripts, snippets

embed = Blueprint("embed", __name__)
for form in (counter, scripts, pictures, oembed, feeds, snippets):
    embed.register_blueprint(form.bp)
