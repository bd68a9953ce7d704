"""Why a name may be hidden or a signature set aside: said to whoever signed, in plain words."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal
from signing.moderation.models import Source


class Reason(StrEnum):
    NO_NAME = "no_name"
    INSULT = "insult"
    ADVERTISING = "advertising"
    SOMEBODY_ELSE = "somebody_else"
    INVENTED = "invented"
    REPEATED = "repeated"


WORDS = {
    Reason.NO_NAME: _l("What was entered as the name is not a name."),
    Reason.INSULT: _l("The name insults or threatens somebody."),
    Reason.ADVERTISING: _l("The name advertises something."),
    Reason.SOMEBODY_ELSE: _l("The person of this name says that somebody else has signed."),
    Reason.INVENTED: _l("The details appear to be invented."),
    Reason.REPEATED: _l("Somebody appears to have signed several times."),
}
SOURCES = {
    Source.SCREENING: _l("A program had noticed the signature; people decided."),
    Source.REPORT: _l("Somebody had reported the name; people decided."),
    Source.STAFF: _l("People noticed this and decided it."),
}


class ReasonMissing(Refusal):
    status = 422
    message = _l("Choose a reason: whoever signed is told it.")


def read(value: str) -> Reason:
    """Raises `ReasonMissing` for anything that is none."""
    try:
        return Reason(value)
    except ValueError:
        raise ReasonMissing from None
