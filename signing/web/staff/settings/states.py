"""The states of a letter: what each means, and the way to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.counts import queries as counts
from signing.letters import moments, states
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures import finding
from signing.signatures.models import State
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.forms import Plain
from signing.web.staff.overview import checklist
from signing.web.staff.texts import doubts

bp = Blueprint("states", __name__, url_prefix="/letters/<slug>/state")
# However long ago it was delivered: so long the data stays to be looked at.
STILL = timedelta(days=7)
MOST_WAITING = 10_000  # counted no further


class DeliveryForm(Plain):
    day = DateField(_l("Day of the delivery"), [InputRequired(_l("Enter the day."))])
    to = StringField(
        _l("Delivered to"),
        [Length(max=300, message=_l("This is too long."))],
        filters=[lambda value: " ".join((value or "").split())],
        description=_l("Empty: to the addressee. A name here is shown in all languages."),
    )


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    delivered = letter.delivered_at or clock.now()
    day = {"day": letter.local(delivered).date(), "to": letter.delivered_to}
    return _page(letter, DeliveryForm(formdata=None, data=day))


def _page(letter: Letter, form: DeliveryForm, status: int = 200) -> ResponseReturnValue:
    settings = _settings()
    now = clock.now()
    return desk.page(
        "staff/settings/state.html",
        status,
        letter=letter,
        form=form,
        checklist=checklist.of(letter),
        doubts=doubts.of_letter(letter),
        languages=locales.languages(),
        opens_later=letter.opens_later(now),
        may_sign=letter.takes_signatures(now),
        has_ended=letter.closes_at is not None and letter.closes_at <= now,
        total=counts.total(letter.id).n,
        waiting=finding.count_open(letter.id, State.PENDING, most=MOST_WAITING),
        most_waiting=MOST_WAITING,
        is_erased=states.is_erased(letter),
        grace=settings.confirm_days_after_closing,
        data_until=_data_until(letter, settings),
    )


def _data_until(letter: Letter, settings: Settings) -> date | None:
    """When the signers' data goes, as things stand."""
    ends = []
    if letter.delivered_at:
        ends.append(letter.delivered_at + timedelta(days=settings.sealed_days_after_delivery))
    if letter.closes_at:
        ends.append(letter.closes_at + timedelta(days=settings.sealed_days_after_closing))
    return letter.local(min(ends)).date() if ends else None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["signing.settings"]
    return settings


def _do(deed: Callable[..., None], **values: Any) -> ResponseReturnValue:
    with transaction():
        letter = letters.get_to_change(desk.letter().id)
        deed(letter, by=gate.signed().doer.actor, **values)
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)


@bp.post("/open")
@gate.asks(Act.EDIT_LETTER)
def open_letter() -> ResponseReturnValue:
    """From now on, or from the moment that is set."""
    return _do(states.open_, names_until=names_until(), at_once="now" in request.form)


def names_until() -> date:
    """How long names of a letter that opens now are shown."""
    return (clock.now() + timedelta(days=_settings().names_days)).date()


@bp.post("/close")
@gate.asks(Act.EDIT_LETTER)
def close() -> ResponseReturnValue:
    return _do(states.close)


@bp.post("/deliver")
@gate.asks(Act.EDIT_LETTER, fresh=True)
def deliver() -> ResponseReturnValue:
    """Asks again who one is: from then on the days of the signers' data are counted."""
    letter = desk.letter()
    form = DeliveryForm(formdata=request.form)
    if not form.validate():
        return _page(letter, form, 422)
    at = _noon(letter, form.day.data or clock.now().date())
    kept = timedelta(days=_settings().sealed_days_after_delivery)
    earliest = clock.now() - max(kept - STILL, timedelta())
    try:
        return _do(states.deliver, at=at, to=form.to.data or "", earliest=earliest)
    except states.DateUnusable as refusal:
        form.day.errors = [str(refusal)]
        return _page(letter, form, 422)


def _noon(letter: Letter, day: date) -> datetime:
    """A moment of that day there; of today, this one."""
    now = clock.now()
    if day == letter.local(now).date():
        return now
    return moments.meant(datetime.combine(day, time(12)), letter.time_zone).moment


@bp.post("/deliver/take-back")
@gate.asks(Act.EDIT_LETTER)
def take_delivery_back() -> ResponseReturnValue:
    return _do(states.take_delivery_back)


@bp.post("/archive")
@gate.asks(Act.EDIT_LETTER)
def archive() -> ResponseReturnValue:
    return _do(states.archive)


@bp.post("/take-out")
@gate.asks(Act.EDIT_LETTER)
def take_out() -> ResponseReturnValue:
    """Back from the archive."""
    return _do(states.take_out)
