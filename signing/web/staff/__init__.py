"""The staff's door: all behind one gate, but for signing in and accepting an invitation."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

from signing.core.settings import Settings
from signing.web import headers
from signing.web.staff import (
    account,
    again,
    audit_log,
    collected,
    collected_entry,
    collected_figures,
    collected_files,
    collected_sheets,
    cookie,
    exports,
    exports_asking,
    exports_delivery,
    gate,
    history,
    home,
    invitation,
    members,
    new_letter,
    news,
    news_editor,
    news_mailing,
    news_seeing,
    overview,
    partners,
    partners_embed,
    partners_hooks,
    partners_newsletter,
    partners_one,
    partners_programs,
    partners_tokens,
    phrases,
    programs,
    queue,
    second_factor,
    settings,
    settings_address,
    settings_picture,
    sign_in,
    signatures,
    signatures_bulk,
    signatures_one,
    states,
    texts,
    texts_editor,
    texts_files,
    too_large,
    wordings,
    work,
)

staff = Blueprint("staff", __name__, url_prefix="/staff")
for page in (
    sign_in, invitation, too_large, again, home, account, second_factor, members, audit_log,
    new_letter, texts, texts_editor, texts_files, overview, work, history,
    news, news_editor, news_mailing, news_seeing,
    partners, partners_one, partners_embed,
    partners_programs, partners_newsletter, partners_tokens, partners_hooks, programs,
    settings, settings_address, settings_picture, states, phrases, wordings,
    exports, exports_asking, exports_delivery,
    signatures, signatures_one, signatures_bulk, queue,
    collected, collected_entry, collected_figures, collected_files, collected_sheets,
):  # fmt: skip
    staff.register_blueprint(page.bp)
staff.register_error_handler(RequestEntityTooLarge, too_large.refuse)
gate.install(staff)


@staff.after_request
def _keep_private(response: Response) -> Response:
    return headers.personal(response)


def install(app: Flask, settings: Settings) -> None:
    """Hang the door; nothing else of the application has a session."""
    app.session_interface = cookie.OfStaff()
    app.config["WTF_CSRF_SECRET_KEY"] = settings.secret_keys[0]
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token is as good as the session it belongs to
    app.jinja_env.globals |= {"csrf_token": generate_csrf}
    app.register_blueprint(staff)
