"""`create_app` is the recipe that puts the house together."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel
from jinja2 import StrictUndefined

from signing import ROOT
from signing.core import locales
from signing.core.db import db
from signing.core.db import install as install_database
from signing.core.keystore import KeyStore
from signing.core.later import later
from signing.core.limits import Limits
from signing.core.settings import Settings, read_settings
from signing.core.tokens import Purpose, Tokens
from signing.core.vault import Vault
from signing.letters import previews
from signing.mail.domains import Domains
from signing.staff_accounts import invitations
from signing.web import addresses, speech

if TYPE_CHECKING:
    from signing.web import doors
else:
    doors = later("signing.web.doors")

LARGEST_REQUEST_BYTES = 64 * 1024  # the sign form with its longest comment, several times over


def create_app(settings: Settings | None = None, *, has_doors: bool = True) -> Flask:
    """The application, ready to serve; settings come from the environment unless given.

    Without doors it has data, keys and languages, but no page and no address of any.
    """
    settings = settings or read_settings(os.environ)
    app = Flask("signing", static_folder="web/static", template_folder=str(ROOT / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.config["WTF_I18N_ENABLED"] = False  # all messages are ours; theirs were read at each post
    app.extensions["signing.settings"] = settings
    _open_database(app, settings)
    _unlock(app, settings)
    app.extensions["signing.domains"] = Domains(settings.nameservers)
    _speak(app)
    addresses.install(app, settings.base_url)
    if has_doors:
        doors.hang(app, settings)
    return app


def _open_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 16,
        "max_overflow": 48,
        "hide_parameters": True,  # no personal data in tracebacks and logs
    }
    install_database(app)
    with app.app_context():
        app.extensions["signing.limits"] = Limits(settings, db.engine)


def _unlock(app: Flask, settings: Settings) -> None:
    app.extensions["signing.vault"] = Vault(KeyStore(settings.keystore_url), settings.master_keys)
    app.extensions["signing.tokens"] = Tokens(
        settings.secret_keys,
        {
            Purpose.CONFIRM: timedelta(days=settings.pending_days),
            Purpose.MANAGE: timedelta(days=settings.manage_days),
            Purpose.NOT_ME: timedelta(days=settings.manage_days),
            Purpose.UNSUBSCRIBE: timedelta(days=settings.manage_days),
            Purpose.INVITATION: invitations.VALID,
            Purpose.PARTNER: timedelta(days=settings.manage_days),
            Purpose.CREDIT: timedelta(days=settings.pending_days),
            Purpose.PREVIEW: previews.VALID,
        },
    )


def _speak(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(locales.TRANSLATIONS)
    Babel(app, locale_selector=speech.select_locale)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
