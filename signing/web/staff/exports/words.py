"""What exports, their columns, formats and states are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from signing.exports import gone
from signing.exports.choice import Format, Preset
from signing.exports.models import State
from signing.letters.models import ConsentPurpose

PRESETS = {
    Preset.DELIVERY: _l("For the addressee"),
    Preset.MAILING: _l("For a mailing"),
    Preset.SHOWN: _l("Names that stand on the public page"),
    Preset.FULL: _l("For the campaign itself"),
}
HINTS = {
    Preset.DELIVERY: _l("What signers agreed to hand over, and everybody who confirmed."),
    Preset.MAILING: _l(
        "E-mail address, name and language of those who agreed to news, and still do."
    ),
    Preset.SHOWN: _l("For print or another page: names as they are shown. No addresses."),
    Preset.FULL: _l("For your own records: you choose the columns, addresses too."),
}
MAILINGS = {
    ConsentPurpose.NEWS: _l("News about this letter"),
    ConsentPurpose.NEWSLETTER: _l("Newsletter"),
    ConsentPurpose.FOLLOW_UP: _l("One mail about a follow-up letter"),
}
FORMATS = {
    Format.CSV: _l("CSV: a table that every program reads"),
    Format.XLSX: _l("XLSX: for Excel and LibreOffice"),
    Format.JSONL: _l("JSON Lines: for programs"),
}
STATES = {
    State.ASKED: _l("Waits for a second person"),
    State.REFUSED: _l("Refused"),
    State.MAKING: _l("Is being made"),
    State.OPEN: _l("Can be downloaded"),
    State.OVER: _l("Over"),
}
COLUMNS = {
    "name": _l("Name"),
    "email": _l("E-mail address"),
    "country": _l("Country"),
    "postcode": _l("Postcode"),
    "city": _l("Town"),
    "organisation": _l("Organisation"),
    "language": _l("Language they signed in"),
    "comment": _l("Comment to the campaign"),
    "shown_name": _l("Name on the public page"),
    "signed_at": _l("When the form was sent"),
    "confirmed_at": _l("When it was confirmed"),
    "consents": _l("What they agreed to"),
    "entry": _l("Where they signed"),
    "partner": _l("Partner"),
    "reference": _l("Reference, to find out later who is gone"),
}
FILTERS = {
    "country": _l("Country"),
    "locale": _l("Language"),
    "partner_id": _l("Came through"),
    "entry": _l("Where they signed"),
    "first_day": _l("From day"),
    "last_day": _l("To day"),
    "zone": _l("Time zone"),  # in which these days are meant
}
GONE = {
    gone.SIGNATURE: _l("the whole row"),
    gone.NAME: _l("the name: it is public no more"),
    gone.CONSENT: _l("the address: no more mail"),
}
