"""The sign form on a partner's website: a page for a frame, shown by that partner's origins alone.

The same rules, wordings and answers as on the letter's page; the address says who brought the
visitor. A form that is open while its partner is suspended is still taken, and credits nobody.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from signing.core import clock, locales
from signing.core.refusals import NotFound, Refusal
from signing.core.vault import Unreadable
from signing.counts import queries as counts
from signing.letters import markdown
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.signatures import actions
from signing.signatures.models import Entry
from signing.web import errors, headers
from signing.web.site import proof_of_work, sent, taking
from signing.web.site.sign_form import SignForm
from signing.web.site.taking import Owing, Sent
from signing.web.speech import spoken

bp = Blueprint(
    "framed",
    __name__,
    url_prefix="/embed/<slug:slug>/<locale:locale>/sign/from/<slug:code>",
)
LAYOUT = "layouts/framed.html"
FRAMES = {"iframe", "frame"}  # Sec-Fetch-Dest of what happens inside one


@bp.get("")
def show(slug: str, code: str) -> ResponseReturnValue:
    """For everybody's caches, as the letter's page is; 404 where nobody active may frame it."""
    letter = _framed_letter(slug, code, to_open=True)
    if letter.slug != slug:
        return redirect(url_for(".show", slug=letter.slug, code=code), 301)
    return headers.share(_page(letter, SignForm.blank(letter, code)), headers.PAGE_SECONDS)


@bp.post("")
def send(slug: str, code: str) -> ResponseReturnValue:
    """Whoever opened the frame's page by itself has signed by a form of ours, not by an embed."""
    letter = _framed_letter(slug, code)
    form = SignForm.sent(letter)
    form.from_.data = code
    is_framed = request.headers.get("Sec-Fetch-Dest", "iframe") in FRAMES
    outcome = taking.take(letter, form, Entry.EMBED if is_framed else Entry.FORM)
    if isinstance(outcome, Sent):
        return redirect(url_for(".show_sent", slug=slug, code=code, t=outcome.sealed), 303)
    if isinstance(outcome, Owing):
        return proof_of_work.ask_for_work(letter, form, outcome.work, outcome.seen, **_around())
    page = _page(letter, form)
    page.status_code = 422
    return headers.personal(page)


@bp.get("/sent")
def show_sent(slug: str, code: str) -> ResponseReturnValue:
    """ "Look in your inbox", inside the frame."""
    letter = _framed_letter(slug, code)
    return sent.render(letter, **_around())


@bp.post("/sent")
def send_again(slug: str, code: str) -> ResponseReturnValue:
    """Once more, if a mail is due; the page says the same either way."""
    sealed = sent.resend(_framed_letter(slug, code))
    return redirect(url_for(".show_sent", slug=slug, code=code, t=sealed, again=1), 303)


@bp.errorhandler(Unreadable)
def erased(_error: Unreadable) -> ResponseReturnValue:
    """The letter's key was destroyed while somebody still had its form open."""
    return refused(actions.LetterClosed())


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> ResponseReturnValue:
    """A "no" that the frame shows; of a frame that nobody may show, as everywhere."""
    if "framed_by" not in g:
        return errors.answer(refusal.status, str(refusal))
    page = render_template("site/framed_refusal.html", message=str(refusal), **g.framed_by)
    return headers.personal(make_response(page, refusal.status))


@bp.after_request
def let_partner_frame(response: Response) -> Response:
    """Each page of the frame has a script, which tells how high it is."""
    if "framed_by" not in g:
        return response
    return headers.let_frame(headers.with_script(response), g.framed_by["origins"])


def _framed_letter(slug: str, code: str, *, to_open: bool = False) -> Letter:
    """The letter; from now on answers may be framed by this partner. Raises `NotFound`."""
    letter = letters.get_by_slug(slug)
    partner = partners.find_framing(letter.id, code)
    if partner is None or (to_open and not partner.is_active):
        raise NotFound
    around = [*partner.origins, current_app.config["BASE_URL"]]  # staff look at it on ours
    g.framed_by = {"letter": letter, "code": code, "origins": around, "layout": LAYOUT}
    return letter


def _around() -> dict[str, Any]:
    """What makes a page one of the frame's; its form goes where the page came from."""
    own = {name: value for name, value in g.framed_by.items() if name != "letter"}
    return own | {"action": request.path}


def _page(letter: Letter, form: SignForm) -> Response:
    """The form with this in it: empty, or as it came back with errors."""
    reading = letters.read(letter, spoken().tag)
    now = clock.now()
    page = render_template(
        "site/framed.html",
        letter=letter,
        reading=reading,
        text_language=locales.languages()[reading.translation.locale],
        total=counts.total(letter.id),
        form=form,
        wordings=taking.prepare(letter, form),
        takes_signatures=letter.takes_signatures(now),
        opens_later=letter.opens_later(now),
        asks_work=taking.asks_work(letter),
        render=markdown.render,
        **_around(),
    )
    return make_response(page)
