"""A partner's own page, by the link in a mail: what they brought, codes, the arrangement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from signing.core import clock, locales
from signing.core.db import snapshot, transaction
from signing.core.links import absolute
from signing.core.refusals import NotFound
from signing.core.tokens import LinkExpired, Purpose, SignatureRef, tokens
from signing.counts import brought, periods
from signing.counts.periods import Told
from signing.letters import markdown
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import actions, agreeing, arrangement, contact, queries
from signing.partners.arrangement import Text
from signing.partners.models import Partner
from signing.signatures import credit, names
from signing.web import headers
from signing.web.speech import spoken

bp = Blueprint("partner_page", __name__, url_prefix="/<locale:locale>/partner/<token>")


class AcceptForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Who accepts the arrangement; the address is the one that the link went to."""

    class Meta:
        csrf = False  # no session in public: `web.guard` refuses posts from other sites

    name = StringField(
        _l("Your name"),
        [
            DataRequired(_l("Enter your name.")),
            Length(
                max=contact.NAME_CHARACTERS,
                message=_l("The name is too long: 100 characters at most."),
            ),
        ],
        filters=[lambda value: names.clean_line(value or "")],
    )
    role = StringField(
        _l("Your role in the organisation"),
        [
            DataRequired(_l("This has to be filled in.")),
            Length(max=contact.NAME_CHARACTERS, message=_l("This is too long.")),
        ],
        filters=[lambda value: names.clean_line(value or "")],
    )

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        return [(field.id, str(error)) for field in self for error in field.errors]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a partner may know: in blocks of ten and more, up to the last midnight (UTC)."""

    first: Told
    later: Told


@bp.get("")
def show(token: str) -> ResponseReturnValue:
    return _page(_partner(token), token, AcceptForm(formdata=None))


def _partner(token: str) -> Partner:
    return queries.get_linked(tokens.read(Purpose.PARTNER, token))


def _page(partner: Partner, token: str, form: AcceptForm, status: int = 200) -> Response:
    letter = letters.get(partner.letter_id)
    link = absolute("site.letters.show", slug=letter.slug, locale=spoken().tag)
    page = render_template(
        "site/partner.html",
        partner=partner,
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        token=token,
        form=form,
        brought=_brought(partner),
        link=f"{link}?from={partner.code}",
        has_logo=queries.has_logo(partner.letter_id, partner.id),
        named=locales.languages(),
        done=request.args.get("done", ""),
        **_agreement(partner, letter),
    )
    return headers.personal(make_response(page, status))


def _brought(partner: Partner) -> Brought:
    begin, today = partner.created_at.date(), clock.now().date()
    with snapshot():
        first = brought.by_day(partner.letter_id, partner.id, locales.languages())
        later = credit.by_day(partner.letter_id, partner.id)
    return Brought(periods.tell(first, begin, today), periods.tell(later, begin, today))


def _agreement(partner: Partner, letter: Letter) -> dict[str, Any]:
    """What is to be accepted, and what was."""
    accepted = next(iter(queries.list_agreements(partner.letter_id, partner.id)), None)
    asked = _text(partner, letter) if agreeing.may_accept(partner) else None
    return {
        "asked": asked,
        "answer_by": agreeing.answer_by(partner),
        "asked_html": markdown.render(asked.markdown) if asked else "",
        "accepted": accepted,
        "accepted_html": markdown.render(accepted.text) if accepted else "",
        "acceptor": contact.find_acceptor(accepted) if accepted else None,
    }


def _text(partner: Partner, letter: Letter, locale: str = "") -> Text:
    about = arrangement.About(
        controller=letter.controller,
        contact=letter.contact,
        partner=f"{partner.name}, {partner.site}",
        title=letters.get_title(letter, letter.default_locale),
        address=absolute("site.letters.show", slug=letter.slug, locale=letter.default_locale),
    )
    return arrangement.write(about, locale or spoken().tag)


@bp.post("/accept")
def accept(token: str) -> ResponseReturnValue:
    """The text that the page showed binds both, in the language it was shown in."""
    partner, form = _partner(token), AcceptForm(formdata=request.form)
    if not form.validate():
        return _page(partner, token, form, 422)
    shown = _text(partner, letters.get(partner.letter_id))
    digest = request.form.get("digest", "")
    with transaction():
        to_change = queries.get_linked(tokens.read(Purpose.PARTNER, token), to_change=True)
        agreeing.accept(to_change, shown, digest, form.name.data or "", form.role.data or "")
    return _done(token)


@bp.post("/end")
def end(token: str) -> ResponseReturnValue:
    """Declined, or ended: nothing is credited from now on."""
    ref = tokens.read(Purpose.PARTNER, token)
    with transaction():
        agreeing.decline(queries.get_linked(ref, to_change=True))
    return _done(token)


def _done(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", token=token, done=1), 303)


@bp.get("/logo.png")
def show_logo(token: str) -> ResponseReturnValue:
    partner = _partner(token)
    logo = queries.find_logo(partner.letter_id, partner.id)
    if logo is None:
        raise NotFound
    return headers.personal(Response(logo.png, content_type="image/png"))


@bp.post("/link")
def send_link(token: str) -> ResponseReturnValue:
    """A fresh link goes to the contact, where this one was genuine once."""
    ref = _genuine(token)
    with transaction():
        try:
            actions.send_link(queries.get(ref.letter_id, ref.signature_id, to_change=True))
        except NotFound:
            raise queries.LinkVoid from None
    return _link_page(token, is_sent=True)


def _genuine(token: str) -> SignatureRef:
    try:
        return tokens.read(Purpose.PARTNER, token)
    except LinkExpired as expired:
        return expired.ref


@bp.errorhandler(LinkExpired)
@bp.errorhandler(queries.LinkVoid)
def is_void(refusal: LinkExpired | queries.LinkVoid) -> ResponseReturnValue:
    """Genuine, but too old or replaced: offer a fresh one by mail."""
    return _link_page((request.view_args or {})["token"], refusal.status)


def _link_page(token: str, status: int = 200, *, is_sent: bool = False) -> Response:
    page = render_template("site/partner_link.html", token=token, is_sent=is_sent)
    return headers.personal(make_response(page, status))
