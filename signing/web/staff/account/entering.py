"""What happens once somebody has proved who they are: a session, a new cookie, and on they go."""

from __future__ import annotations

from flask import current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.staff_accounts import actions, queries, sessions, signing_in
from signing.staff_accounts.models import Member
from signing.staff_accounts.passkeys import Site
from signing.staff_accounts.signing_in import TooOften
from signing.web import visitor
from signing.web.staff.account import cookie

BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android", "iPhone": "iOS", "iPad": "iPadOS", "Windows": "Windows",
    "Mac OS": "macOS", "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


def enter(member: Member, page: str) -> ResponseReturnValue:
    """The member is signed in and sent to the page; inside a transaction.

    The session that the browser had until now is over: its cookie is about to be replaced.
    """
    before = sessions.find(cookie.read())
    if before is not None:
        sessions.end(before[1].id, before[0].id)
    value = sessions.open_(member, device(request.user_agent.string))
    return cookie.put(make_response(redirect(page, 303)), value)


def device(user_agent: str) -> str:
    """Enough to know one's own browsers apart; the version and the rest are not kept."""
    named = (
        next((name for mark, name in known.items() if mark in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, named))


def site() -> Site:
    settings: Settings = current_app.extensions["signing.settings"]
    return Site(settings.site_name, settings.base_url)


def known_words() -> tuple[str, ...]:
    """What anybody would try here first."""
    settings: Settings = current_app.extensions["signing.settings"]
    return (settings.site_name, settings.operator, site().host)


def too_often(address: str = "") -> str:
    """Count an attempt; what to say if there were too many, else nothing."""
    try:
        signing_in.count(visitor.networks(), address)
    except TooOften as enough:
        if enough.is_first and address:
            _note(address)
        return str(_("Too many attempts. Wait ten minutes, or sign in with a passkey."))
    return ""


def _note(address: str) -> None:
    member = queries.find_by_address(address)
    if member is not None:
        with transaction():
            actions.note_failures(member.id)
