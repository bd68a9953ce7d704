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


class Recipient(StrEnum):
    SIGNATURE = "signature"  # the address is in the signature's sealed blob
    ADDRESS = "address"  # it is in `sealed_to`: no row holds it
    INVITATION = "invitation"  # it is in the sealed blob of the member who is invited
