"""The citizens' door: letters, signing, confirming, one's own signature."""

from __future__ import annotations

from flask import Blueprint

from signing.web.site import (
    confirm,
    home,
    letters,
    my_signature,
    notices,
    sent,
    sign,
    thanks,
)

site = Blueprint("site", __name__)
for page in (home, letters, sign, sent, confirm, thanks, my_signature, notices):
    site.register_blueprint(page.bp)
