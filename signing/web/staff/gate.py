"""The one gate: who is signed in, and whether their roles allow what the page asks for.

Each page names its `Act`. A page that names none opens to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import flask_babel
from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Domain
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from signing.core import locales
from signing.core.db import transaction
from signing.core.ids import HOUSE
from signing.core.locales import TRANSLATIONS
from signing.core.refusals import NotFound, Refusal
from signing.letters import queries as letters
from signing.staff_accounts import languages, queries, sessions
from signing.staff_accounts.actions import Doer, NotAllowed, actor
from signing.staff_accounts.models import StaffSession
from signing.staff_accounts.queries import Known
from signing.staff_accounts.roles import (
    OWN,
    Act,
    Reach,
    may,
    may_somewhere,
    needs_second_factor,
    reach,
)
from signing.web.guard import SAFE
from signing.web.staff import which_letter
from signing.web.staff.account import cookie

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
log = logging.getLogger(__name__)
MOST_TYPED = 500_000  # bytes of text in a form that brings a file
WORDS = Domain([str(TRANSLATIONS), str(TRANSLATIONS)], domain="messages;staff")


class FormTooOld(Refusal):
    status = 400
    message = _l("This form does not belong to your session. Load the page again.")


class Illegible(Refusal):
    status = 400
    message = _l("This cannot be read. Go back, and try again.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for; `fresh`: who they are must have been proved minutes ago.

    `most_bytes` is how much a form may bring that brings more than most do, a file for one;
    `most_typed` how much of that may be text.
    """

    act: Act
    fresh: bool = False
    most_bytes: int = 0
    most_typed: int = 0


@dataclass(frozen=True, slots=True)
class Signed:
    """The member who is signed in, and by which session."""

    session: StaffSession
    known: Known

    @property
    def id(self) -> UUID:
        return self.known.member.id

    @property
    def doer(self) -> Doer:
        return Doer(actor(self.id), self.known.held)

    def may(self, act: str, letter_id: UUID = HOUSE) -> bool:
        return may(self.known.held, Act(act), letter_id)

    def may_somewhere(self, act: str) -> bool:
        return may_somewhere(self.known.held, Act(act))

    def reach(self, act: Act) -> Reach:
        return reach(self.known.held, act)


ASKED: dict[Callable[..., Any], Asked] = {}
OPEN: set[Callable[..., Any]] = set()


def asks(
    act: Act, *, fresh: bool = False, most_bytes: int = 0, most_typed: int = 0
) -> Callable[[View], View]:
    """The page opens to members whose roles allow this act."""

    def note(view: View) -> View:
        ASKED[view] = Asked(act, fresh, most_bytes, most_typed)
        return view

    return note


def is_open(view: View) -> View:
    """The page opens to everybody: signing in, accepting an invitation."""
    OPEN.add(view)
    return view


def install(door: Blueprint) -> None:
    door.before_request(_check)
    door.register_error_handler(Refusal, _refuse)
    door.context_processor(lambda: {"signed": g.get("signed")})


def _check() -> ResponseReturnValue | None:
    WORDS.as_default()
    speak(locales.choose(request.accept_languages.values(), languages.tags(), locales.SOURCE))
    _refuse_nul(request.args.items(multi=True))
    _refuse_nul((request.view_args or {}).items())
    _refuse_nul([("slug", which_letter.slug())])
    view = current_app.view_functions[str(request.endpoint)]
    if view in OPEN:
        _refuse_nul(request.form.items(multi=True))
        return None
    asked = ASKED.get(view)
    if asked is None:
        raise NotFound
    signed = find()
    if signed is None:
        return redirect(url_for("staff.sign_in.show", next=_return_to()), 303)
    g.signed = signed
    speak(signed.known.member.locale)
    if asked.most_bytes:  # for those who are signed in, and before the form is read
        _make_room(asked)
    return _check_signed(signed, asked)


def _make_room(asked: Asked) -> None:
    """For a file what is asked; for text, which stands in memory, only what people write."""
    typed = asked.most_typed or MOST_TYPED
    has_files = request.mimetype == "multipart/form-data"
    request.max_content_length = asked.most_bytes if has_files else min(asked.most_bytes, typed)
    request.max_form_memory_size = typed  # of one field


def _refuse_nul(sent: Iterable[tuple[str, Any]]) -> None:
    """PostgreSQL has no text with this character, and nobody can type it: no page meets it."""
    if any("\0" in str(one) for pair in sent for one in pair):
        raise Illegible


def speak(tag: str) -> None:
    """From here on the answer is in this language."""
    g.language = locales.languages()[tag]
    flask_babel.refresh()


def find() -> Signed | None:
    """Who is signed in with the cookie of this request."""
    value = cookie.read()
    found = sessions.find(value) if value else None
    return Signed(found[0], queries.get_known(found[1].id)) if found else None


def _check_signed(signed: Signed, asked: Asked) -> ResponseReturnValue | None:
    if request.method not in SAFE:
        _check_form()
    if sessions.needs_note(signed.session):
        with transaction():
            sessions.note_use(signed.session, signed.known.member)
    known = signed.known
    lacks = needs_second_factor(known.held) and not known.has_second_factor
    if lacks and asked.act is not Act.SET_UP:
        return redirect(url_for("staff.second_factor.show"), 303)
    if not _is_allowed(known, asked.act):
        raise NotAllowed
    if asked.fresh and not sessions.is_proved(signed.session):
        return redirect(url_for("staff.again.show", next=_return_to()), 303)
    return None


def _check_form() -> None:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        raise FormTooOld from None
    _refuse_nul(request.form.items(multi=True))


def _is_allowed(known: Known, act: Act) -> bool:
    """For the letter in the address and the language (`into`), if there are any."""
    if act in OWN:
        return True
    slug = which_letter.slug()
    if slug is None:
        return may_somewhere(known.held, act)
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise NotFound
    return may(known.held, act, letter.id, (request.view_args or {}).get("into", ""))


def _return_to() -> str:
    """Where to go on afterwards: this page, or the one that its form stood on."""
    if request.method in SAFE:
        return request.full_path.rstrip("?")
    path = request.path
    while not _shows_page(path):
        path = path.rpartition("/")[0]
    return path


def _shows_page(path: str) -> bool:
    return current_app.url_map.bind("").test(path, "GET") or not path


def next_page() -> str:
    """Where the form says to go on, if that is a page of the staff's; else their home."""
    sent = request.args if request.method in SAFE else request.form
    wanted = sent.get("next", "")
    path = wanted.partition("?")[0]
    is_ours = path == "/staff" or path.startswith("/staff/")
    is_one_line = wanted.isprintable()  # as an answer's head has to be
    return wanted if is_ours and is_one_line and _shows_page(path) else url_for("staff.home.show")


def signed() -> Signed:
    found: Signed = g.signed
    return found


def _refuse(refusal: Refusal) -> ResponseReturnValue:
    """A page that says why; who tried what their roles do not allow stands in the log, by id."""
    if isinstance(refusal, NotAllowed) and "signed" in g:
        log.warning("member %s was refused %s", signed().id, request.endpoint)
    page = render_template("staff/refusal.html", message=str(refusal))
    return make_response(page, refusal.status)
