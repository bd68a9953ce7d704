"""The citizens' door: letters, signing, confirming, one's own signature."""

from __future__ import annotations

from flask import Blueprint

from signing.web.site import (
    confirm,
    credit,
    framed,
    home,
    letters,
    looks,
    my_links,
    my_signature,
    news,
    not_me,
    notices,
    objection,
    partner_page,
    preview,
    proof_of_work,
    reporting,
    sent,
    sign,
    thanks,
    unsubscribe,
)

site = Blueprint("site", __name__)
for page in (
    home,
    letters,
    looks,
    news,
    sign,
    proof_of_work,
    sent,
    framed,
    confirm,
    thanks,
    my_signature,
    notices,
    preview,
    reporting,
    objection,
    not_me,
    unsubscribe,
    my_links,
    credit,
    partner_page,
):
    site.register_blueprint(page.bp)
