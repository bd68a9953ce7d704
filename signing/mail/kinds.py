"""The inventory of mails: a kind each, with a folder of templates of the same name."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    CONFIRM_SIGNATURE = "confirm_signature"  # was it you? one button
    ALREADY_SIGNED = "already_signed"  # this address has signed; here is your link
    FRESH_LINK = "fresh_link"  # an expired link was asked to be replaced
    REMINDER = "reminder"  # was it you? asked once more, and never again
    ALL_LINKS = "all_links"  # every signature of an address, over all letters
    INVITATION = "invitation"  # work with us, or begin anew with a new password
    PARTNER = "partner"  # the link to a partner's own page, where the arrangement is accepted
    WEBHOOK_FAILING = "webhook_failing"  # a partner's program takes none of our calls
    WEBHOOK_OFF = "webhook_off"  # and is called no more
    EXPORT_WAITING = "export_waiting"  # a second member has to agree to an export
    NEWS = "news"  # a post, to everybody who asked for such mail
    NEWS_TEST = "news_test"  # the same to the member who will send it
    NAME_HIDDEN = "name_hidden"  # staff show the name no more: why, and how to object
    SET_ASIDE = "set_aside"  # staff have it count no more: why, and how to object
    RESTORED = "restored"  # it counts, or the name is shown, again
    DECISION_STANDS = "decision_stands"  # the answer to an objection: no
    CORRECTED = "corrected"  # staff corrected it, as was asked


# What somebody must be told: no limit of mails keeps it back.
OWED = frozenset(
    {Kind.NAME_HIDDEN, Kind.SET_ASIDE, Kind.RESTORED, Kind.DECISION_STANDS, Kind.CORRECTED}
)


class Recipient(StrEnum):
    SIGNATURE = "signature"  # the address is in the signature's sealed blob
    ADDRESS = "address"  # it is in `sealed_to`: no row holds it
    INVITATION = "invitation"  # it is in the sealed blob of the member who is invited
    PARTNER = "partner"  # it is the contact of that partner of the letter
    MEMBER = "member"  # it is in the member's own
