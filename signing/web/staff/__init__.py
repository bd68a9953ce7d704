"""The staff's door: all behind one gate, except signing in and accepting an invitation."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

from signing.core.settings import Settings
from signing.web import headers
from signing.web.staff import gate, members, too_large, which_letter, work
from signing.web.staff.account import again, cookie, invitation, second_factor, sign_in
from signing.web.staff.account import pages as account_pages
from signing.web.staff.audit import history
from signing.web.staff.audit import log as audit_log
from signing.web.staff.collected import entry as collected_entry
from signing.web.staff.collected import figures as collected_figures
from signing.web.staff.collected import files as collected_files
from signing.web.staff.collected import pages as collected_pages
from signing.web.staff.collected import sheets as collected_sheets
from signing.web.staff.exports import asking as exports_asking
from signing.web.staff.exports import delivery as exports_delivery
from signing.web.staff.exports import pages as exports_pages
from signing.web.staff.home import pages as home_pages
from signing.web.staff.news import editor as news_editor
from signing.web.staff.news import mailing as news_mailing
from signing.web.staff.news import pages as news_pages
from signing.web.staff.news import seeing as news_seeing
from signing.web.staff.overview import pages as overview_pages
from signing.web.staff.partners import embed as partners_embed
from signing.web.staff.partners import hooks as partners_hooks
from signing.web.staff.partners import newsletter as partners_newsletter
from signing.web.staff.partners import one as partners_one
from signing.web.staff.partners import own_programs as programs
from signing.web.staff.partners import pages as partners_pages
from signing.web.staff.partners import programs as partners_programs
from signing.web.staff.partners import tokens as partners_tokens
from signing.web.staff.settings import address as settings_address
from signing.web.staff.settings import pages as settings_pages
from signing.web.staff.settings import phrases, states, wordings
from signing.web.staff.settings import picture as settings_picture
from signing.web.staff.signatures import bulk as signatures_bulk
from signing.web.staff.signatures import one as signatures_one
from signing.web.staff.signatures import pages as signatures_pages
from signing.web.staff.signatures import queue
from signing.web.staff.texts import editor as texts_editor
from signing.web.staff.texts import files as texts_files
from signing.web.staff.texts import new_letter
from signing.web.staff.texts import pages as texts_pages

staff = Blueprint("staff", __name__, url_prefix="/staff")
for page in (
    sign_in, invitation, too_large, again, home_pages, account_pages, second_factor, members,
    audit_log, history,
    new_letter, texts_pages, texts_editor, texts_files, overview_pages, work,
    news_pages, news_editor, news_mailing, news_seeing,
    partners_pages, partners_one, partners_embed, partners_programs, partners_newsletter,
    partners_tokens, partners_hooks, programs,
    settings_pages, settings_address, settings_picture, states, phrases, wordings,
    exports_pages, exports_asking, exports_delivery,
    signatures_pages, signatures_one, signatures_bulk, queue,
    collected_pages, collected_entry, collected_figures, collected_files, collected_sheets,
):  # fmt: skip
    staff.register_blueprint(page.bp)
staff.register_error_handler(RequestEntityTooLarge, too_large.refuse)
which_letter.install(staff)
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
