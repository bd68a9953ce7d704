"""Signing by a partner's own form: the same rules as on the letter's page, and mail confirms."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app
from werkzeug.exceptions import TooManyRequests

from signing.core import clock
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.letters import queries as letters
from signing.letters import wordings
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.partners.models import Partner, Scope
from signing.programs import newsletters
from signing.signatures import actions, screening
from signing.signatures.screening import Reason, Sent, Work
from signing.web.api import access, bodies, checking
from signing.web.api.access import Access
from signing.web.api.answering import Answer, BadQuery, answers
from signing.web.api.bodies import Wrong
from signing.web.api.program_shapes import Asked, NewSignature, Sentence, SignForm, Taken
from signing.web.api.shapes import Nothing
from signing.web.unhurried import unhurried

bp = Blueprint("signatures", __name__, url_prefix="/api/v1")
WAIT_SECONDS = 600


@bp.get("/letters/<slug:slug>/form")
@answers(SignForm, Asked, scope=Scope.SIGN)
def get_form(slug: str, query: Asked) -> Answer[SignForm]:
    """What a form of your own has to ask, and the sentences it has to show in full."""
    entered = access.enter(slug, Scope.SIGN)
    letter = entered.letter
    locale = query.locale or letter.default_locale
    if locale not in letters.list_locales(letter.id):
        raise BadQuery
    shown = list_shown(letter, entered.partner, locale)
    return Answer(
        SignForm(
            locale=locale,
            takes_signatures=letter.takes_signatures(clock.now()),
            fields=letter.fields,
            required=letter.required,
            countries=letter.countries,
            minimum_age=letter.minimum_age,
            wordings={
                purpose.value: Sentence(text=one.text, digest=one.digest.hex())
                for purpose, one in shown.items()
            },
        )
    )


def list_shown(letter: Letter, partner: Partner, locale: str) -> Mapping[ConsentPurpose, Wording]:
    """What such a form shows now."""
    shown = wordings.list_shown(letter, locale)
    if not letter.newsletter:
        shown.pop(ConsentPurpose.NEWSLETTER, None)
    if asked := newsletters.find_shown(letter, partner.code, locale):
        shown[ConsentPurpose.PARTNER] = asked
    return shown


@bp.post("/letters/<slug:slug>/signatures")
@answers(Taken, scope=Scope.SIGN, body=NewSignature, good=202, refuses=(410, 422))
def sign(slug: str, query: Nothing) -> Answer[Taken]:  # noqa: ARG001
    """Have somebody asked by mail whether they sign; the same answer whoever signed before."""
    entered = access.enter(slug, Scope.SIGN)
    if not entered.partner.is_active:
        raise access.NotYours
    actions.check_open(entered.letter)
    body = bodies.read_json(NewSignature)
    reasons = _screen(entered, body)
    shown: Mapping[ConsentPurpose, Wording] = {}
    if body.locale in letters.list_locales(entered.letter.id):
        shown = list_shown(entered.letter, entered.partner, body.locale)
    if mistakes := checking.list_mistakes(entered.letter, body, shown):
        raise Wrong(mistakes)
    declaration = checking.declaration(entered, body, shown, reasons)
    with unhurried(), transaction():
        actions.sign(entered.letter, declaration)
    return Answer(Taken())


def _screen(entered: Access, body: NewSignature) -> tuple[Reason, ...]:
    """As a form of ours, but for the network, which is the partner's server for everybody.

    A program does no work for us: where a browser would have to do much, it has to wait.
    """
    settings: Settings = current_app.extensions["signing.settings"]
    seen = screening.knock(
        entered.letter,
        Sent((), body.email.strip(), body.comment),
        calm_a_minute=settings.calm_a_minute,
    )
    if seen.work is Work.RAISED:
        raise TooManyRequests(retry_after=WAIT_SECONDS)
    return seen.reasons
