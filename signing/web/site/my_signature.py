"""One's own signature, by the link in the mails: see, correct, hide, download, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import (
    Blueprint,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound, Refusal
from signing.core.tokens import LinkExpired, Purpose, SignatureRef, tokens
from signing.core.vault import Unreadable
from signing.exports import queries as exports
from signing.letters import queries as letters
from signing.letters import wordings
from signing.letters.models import MAILED, ConsentPurpose, Letter, Wording
from signing.mail import outbox
from signing.mail.kinds import Kind
from signing.signatures import access, actions, correcting, kept, names, queries
from signing.signatures.correcting import TooManyCorrections
from signing.signatures.models import Entry, Show
from signing.web import headers
from signing.web.site.held import ENTRIES, MAILS, as_json, list_reasons
from signing.web.site.sign_form import NAME_FAULTS
from signing.web.speech import spoken

bp = Blueprint("my_signature", __name__, url_prefix="/<locale:locale>/my-signature/<token>")


class UnknownChoice(Refusal):
    status = 422


@bp.get("")
def show(token: str) -> ResponseReturnValue:
    """Everything that is stored, and what can be done about it."""
    return _page(token)


def _page(
    token: str, *, error: str = "", typed: str = "", status: int = 422
) -> ResponseReturnValue:
    held = access.get_held(tokens.read(Purpose.MANAGE, token))
    letter, who = held.letter, held.person
    reading = letters.read(letter, spoken().tag)
    page = render_template(
        "site/my_signature.html",
        letter=letter,
        title=reading.translation.title,
        addressee=reading.addressee,
        held=held,
        exports=exports.list_with(letter.id, held.signature.id),
        signature=held.signature,
        person=who,
        public_name=names.public(who.name, who.show),
        typed=typed or who.name,
        error=error,
        signed_in=locales.find(held.signature.locale),
        entry=ENTRIES[Entry(held.signature.entry)],
        mails=MAILS,
        reasons=list_reasons(held),
        mailed=MAILED,
        shows=_shows(),
        show_wording=_shown_wordings(letter).get(ConsentPurpose.SHOW_NAME),
        token=token,
        done=request.args.get("done", ""),
    )
    return headers.personal(make_response(page, status if error else 200))


def _shows() -> list[tuple[Show, str]]:
    return [
        (Show.NO, _("No, count me without my name")),
        (Show.FULL, _("Yes, as I wrote it")),
        (Show.INITIAL, _("Yes, first name and initial")),
    ]


@bp.post("/name")
def correct(token: str) -> ResponseReturnValue:
    name = names.clean_line(request.form.get("name", ""))
    if fault := names.find_fault(name):
        return _page(token, error=str(NAME_FAULTS[fault]), typed=name)
    try:
        correcting.knock(tokens.read(Purpose.MANAGE, token))
    except TooManyCorrections as refusal:
        return _page(token, error=str(refusal), typed=name, status=refusal.status)
    return _do(token, lambda ref: actions.correct_name(ref, name))


@bp.post("/show")
def choose_show(token: str) -> ResponseReturnValue:
    wanted = request.form.get("show", "")
    if wanted not in set(Show):
        raise UnknownChoice
    wording_id = request.form.get("wording", type=UUID)
    return _do(token, lambda ref: actions.show_name(ref, Show(wanted), _wording(ref, wording_id)))


def _wording(ref: SignatureRef, named: UUID | None) -> UUID:
    """The wording that the page named, if it is one about showing the name; else the newest."""
    purpose = named and wordings.find_purpose(ref.letter_id, named)
    if named and purpose is ConsentPurpose.SHOW_NAME:
        return named
    return _shown_wordings(letters.get(ref.letter_id))[ConsentPurpose.SHOW_NAME].id


def _shown_wordings(letter: Letter) -> dict[ConsentPurpose, Wording]:
    return wordings.list_shown(letter, spoken().tag)


@bp.post("/stop/<purpose>")
def stop(token: str, purpose: str) -> ResponseReturnValue:
    """Take back one consent to be mailed."""
    chosen = next((one for one in MAILED if one == purpose), None)
    if chosen is None:
        raise NotFound
    return _do(token, lambda ref: actions.stop_mail(ref, chosen))


def _do(token: str, act: Callable[[SignatureRef], object]) -> ResponseReturnValue:
    ref = tokens.read(Purpose.MANAGE, token)
    with transaction():
        act(ref)
    return redirect(url_for(".show", token=token, done="1"), 303)


@bp.get("/data.json")
def download(token: str) -> ResponseReturnValue:
    """What is stored about this person, to keep or to carry elsewhere (GDPR art. 15, 20)."""
    held = access.get_held(tokens.read(Purpose.MANAGE, token))
    letter = held.letter
    response = jsonify(as_json(held, letters.read(letter, held.signature.locale)))
    response.headers["Content-Disposition"] = f'attachment; filename="{letter.slug}-signature.json"'
    return headers.personal(response)


@bp.get("/withdraw")
def ask_withdraw(token: str) -> ResponseReturnValue:
    """Say what withdrawing means, and ask once."""
    signature, letter = queries.get(tokens.read(Purpose.MANAGE, token))
    page = render_template(
        "site/withdraw.html",
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        is_decided=bool(kept.list_of(signature)),
        token=token,
    )
    return headers.personal(make_response(page))


@bp.post("/withdraw")
def withdraw(token: str) -> ResponseReturnValue:
    ref = tokens.read(Purpose.MANAGE, token)
    with transaction():
        letter = actions.withdraw(ref)
    return redirect(url_for("site.thanks.withdrawn", slug=letter.slug), 303)


@bp.post("/fresh")
def send_fresh_link(token: str) -> ResponseReturnValue:
    """Mail a new link to the stored address, where this one was genuine but has grown old."""
    ref = _genuine(token)
    with transaction():
        queries.get(ref, to_change=True)
        outbox.put(
            Kind.FRESH_LINK, to=outbox.To(ref.letter_id, ref.signature_id), locale=spoken().tag
        )
    page = render_template("site/link_sent.html", letter=letters.get(ref.letter_id))
    return headers.personal(make_response(page))


def _genuine(token: str) -> SignatureRef:
    try:
        return tokens.read(Purpose.MANAGE, token)
    except LinkExpired as expired_link:
        return expired_link.ref


@bp.errorhandler(LinkExpired)
def expired(refusal: LinkExpired) -> ResponseReturnValue:
    """Genuine but old: offer a fresh link by mail."""
    letter = letters.get(refusal.ref.letter_id)
    page = render_template("site/my_signature_expired.html", letter=letter, **_view_args())
    return headers.personal(make_response(page, refusal.status))


@bp.errorhandler(queries.SignatureGone)
@bp.errorhandler(Unreadable)
def gone(_error: Exception) -> ResponseReturnValue:
    letter = letters.get(_genuine(_view_args()["token"]).letter_id)
    page = render_template("site/signature_gone.html", letter=letter)
    return headers.personal(make_response(page, queries.SignatureGone.status))


def _view_args() -> dict[str, str]:
    return {"token": (request.view_args or {})["token"]}
