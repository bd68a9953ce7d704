"""The citizens' door: letters, signing, confirming, one's own signature."""

from __future__ import annotations

from flask import Blueprint

from signing.web.site import (
    confirm,
    home,
    letters,
    my_links,
    my_signature,
    not_me,
    notices,
    sent,
    sign,
    thanks,
    unsubscribe,
    work,
)

site = Blueprint("site", __name__)
for page in (
    home,
    letters,
    sign,
    work,
    sent,
    confirm,
    thanks,
    my_signature,
    notices,
    not_me,
    unsubscribe,
    my_links,
):
    site.register_blueprint(page.bp)
