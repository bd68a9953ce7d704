"""Addresses as somebody typed them: nothing looks into what is far too long to be one.

The libraries that take addresses apart bring characters into one form first, and to put thousands
of marks in order takes them seconds, in which nobody else is served.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from email_validator import EmailSyntaxError, ValidatedEmail, validate_email

# RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain.
LONGEST_EMAIL = 320
LONGEST_LINK = 4000  # as far as servers understand them


def of_email(address: str, *, may_be_local: bool = False) -> ValidatedEmail:
    """What is known of it without asking anybody; raises `email_validator.EmailNotValidError`.

    `may_be_local`: hosts that only the own network knows are good too.
    """
    if len(address) > LONGEST_EMAIL:
        raise EmailSyntaxError("This is too long for an e-mail address.")
    return validate_email(address, check_deliverability=False, test_environment=may_be_local)


def of_link(address: str) -> SplitResult:
    """Its parts, as `urllib.parse.urlsplit` finds them; raises ValueError as that does."""
    if len(address) > LONGEST_LINK:
        raise ValueError("This is too long for a link.")
    return urlsplit(address)
