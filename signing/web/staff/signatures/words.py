"""What staff read about signatures: states, ways in, flags, deeds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from signing.mail.kinds import Kind
from signing.mail.models import MailState
from signing.moderation.models import Deed
from signing.signatures.models import Entry, State
from signing.signatures.screening import Reason

STATES = {
    State.CONFIRMED: _l("Confirmed"),
    State.PENDING: _l("Not confirmed"),
    State.SET_ASIDE: _l("Set aside"),
}
ENTRIES = {
    Entry.FORM: _l("Our own page"),
    Entry.EMBED: _l("A partner's page"),
    Entry.API: _l("A partner's own form"),
}
NOTICED = {
    Reason.NETWORK_BURST: _l("Many forms came from one network within a short time."),
    Reason.DOMAIN_BURST: _l("Many forms named one mail provider within a short time."),
    Reason.SAME_COMMENT: _l("The same comment was sent several times."),
    Reason.MARKUP: _l("The name holds signs that are rare in names."),
    Reason.MIXED_SCRIPTS: _l("The name mixes letters of several scripts."),
    Reason.HONEYPOT: _l("A field that people do not see was filled in."),
    Reason.THROWAWAY_DOMAIN: _l("The mail provider gives out addresses for a short time."),
}
DEEDS = {
    Deed.HIDE: _l("Hide the name"),
    Deed.SET_ASIDE: _l("Set aside: it counts no more"),
    Deed.KEEP: _l("Keep: all is well"),
    Deed.RESTORE: _l("Restore: it counts again"),
    Deed.SHOW: _l("Show the name again"),
}
# What people ask who stand before the buttons: is it counted, and who sees it?
MEANING = {
    Deed.HIDE: _l(
        "Not on the page any more. It still counts; the export for the addressee leaves out the"
        " name, unless whoever exports says otherwise."
    ),
    Deed.SET_ASIDE: _l("It does not count, and is in no export."),
}
MAILS = {
    Kind.CONFIRM_SIGNATURE: _l("Question whether it was them"),
    Kind.ALREADY_SIGNED: _l("Notice that this address has signed"),
    Kind.FRESH_LINK: _l("Fresh link"),
    Kind.REMINDER: _l("The question once more"),
    Kind.NAME_HIDDEN: _l("Reasons for hiding the name"),
    Kind.SET_ASIDE: _l("Reasons for setting it aside"),
    Kind.RESTORED: _l("Notice that it was restored"),
    Kind.DECISION_STANDS: _l("Answer to the objection"),
    Kind.CORRECTED: _l("Notice of the correction"),
}
MAIL_STATES = {
    MailState.WAITING: _l("waiting"),
    MailState.SENT: _l("sent"),
    MailState.DROPPED: _l("not needed any more"),
    MailState.DEAD: _l("could not be sent"),
}
TICK = _l("Tick the signatures that you mean, or choose all that fit the filters.")
CHOOSE = _l("Choose what to do.")
# Why something is done because its signer asked; kept in the audit log.
ASKED = {
    "asked_by_mail": _l("They asked by mail"),
    "asked_otherwise": _l("They asked by phone, letter or in person"),
    "required": _l("The law requires it"),
}


def noticed(reasons: list[str]) -> list[str]:
    """Why a program wants people to look, in words."""
    return [str(NOTICED[Reason(one)]) for one in reasons if one in set(Reason)]


def mail_name(kind: str) -> str:
    """Kinds that belong to other pages are named as they are."""
    return str(MAILS.get(Kind(kind), kind))
