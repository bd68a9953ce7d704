"""The one cookie there is: it names a session of the staff, and no other page ever sets one."""

from __future__ import annotations

import hashlib

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin

from signing.core.settings import Settings


class OfStaff(SessionInterface):
    """What Flask-WTF calls the session: nothing but what its tokens are bound to."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        value = request.cookies.get(_name(app), "")
        if not value or not request.path.startswith("/staff"):
            return None
        return SecureCookieSession({"csrf_token": _of(value)})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept in a browser but the cookie that `put` sets."""


def _of(cookie: str) -> str:
    return hashlib.sha256(b"csrf:" + cookie.encode()).hexdigest()


def _name(app: Flask) -> str:
    """Over TLS no other host of the domain can set it (RFC 6265bis, 4.1.3.2)."""
    return "__Host-signing" if _is_https(app) else "signing"


def _is_https(app: Flask) -> bool:
    settings: Settings = app.extensions["signing.settings"]
    return settings.base_url.startswith("https:")


def read() -> str:
    return request.cookies.get(_name(current_app), "")


def put(response: Response, value: str) -> Response:
    """The browser has the session from now on, until it is closed."""
    response.set_cookie(
        _name(current_app),
        value,
        path="/",
        secure=_is_https(current_app),
        httponly=True,
        samesite="Strict",
    )
    return response


def drop(response: Response) -> Response:
    """The browser forgets the session, and what it may have kept of its pages."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(
        _name(current_app),
        path="/",
        secure=_is_https(current_app),
        httponly=True,
        samesite="Strict",
    )
    return response
