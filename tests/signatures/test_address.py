"""When two spellings are one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.signatures.address import LARGE, SAME, UNNOTICED, domain_of, normalised

LOCAL = st.text("abcdefgXYZ0123456789._-", min_size=1, max_size=20).filter(
    lambda text: not text.startswith(".") and not text.endswith(".") and ".." not in text
)
DOMAINS = st.sampled_from(
    [
        "gmail.com",
        "GoogleMail.com",
        "example.org",
        "posteo.de",
        "münchen.de",
        "ya.ru",
        "proton.me",
        "x.fastmail.com",
        "outlook.de",
    ]
)
TAG = st.text("abcdef0123456789", max_size=8)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Zoe.Lindqvist@gmail.com", "zoelindqvist@googlemail.com"),
        ("zoe+letters@gmail.com", "zoe@gmail.com"),
        ("zoe+letters@posteo.de", "ZOE@posteo.de"),
        ("zoe@MÜNCHEN.de", "zoe@xn--mnchen-3ya.de"),
        ("ZOE@example.org", "zoe@Example.Org"),
        ("zoe.l@ya.ru", "zoe-l+a@yandex.com"),
        ("zoe.l@proton.me", "z-o_el+a@pm.me"),
        ("zoe@icloud.com", "zoe+a@me.com"),
        ("letters@zoe.fastmail.com", "zoe+x@fastmail.com"),
    ],
)
def test_spellings_that_reach_one_inbox_are_one_address(typed: str, same: str) -> None:
    assert normalised(typed) == normalised(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zoe+a@example.org", "zoe+b@example.org"),  # not known to ignore tags
        ("z.oe@posteo.de", "zoe@posteo.de"),  # dots mean something outside of Gmail
        ("zoe@example.org", "zoe@example.net"),
        ("zoe-a@yahoo.com", "zoe-b@yahoo.com"),  # an alias, or two people's names
        ("zoe@hotmail.de", "zoe@outlook.de"),
        ("a@zoe.example.org", "b@zoe.example.org"),
    ],
)
def test_what_may_be_two_inboxes_stays_two_addresses(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_no_mailbox_of_a_large_provider_signs_once_more_under_a_tag() -> None:
    """Nobody watches how many come from there, so what they deliver must be told apart here."""
    assert {"outlook.de", "hotmail.co.uk", "live.fr", "msn.com", "hey.com", "mail.ru"} <= LARGE
    for domain in (*LARGE, *SAME):
        assert normalised(f"zoe+1@{domain}") == normalised(f"zoe@{domain}"), domain
    assert {*SAME.values(), *UNNOTICED} <= LARGE


@given(local=LOCAL, domain=DOMAINS, tag=TAG)
def test_normalising_twice_changes_nothing_more(local: str, domain: str, tag: str) -> None:
    once = normalised(f"{local}+{tag}@{domain}" if tag else f"{local}@{domain}")
    assert normalised(once) == once


def test_mail_goes_to_the_domain_that_was_typed() -> None:
    """Rules of the house and questions to DNS are about it, whatever it is one mailbox with."""
    typed = ("zoe@ya.ru", "zoe@me.com", "a@zoe.fastmail.com", "zoe@MÜNCHEN.de")
    assert [domain_of(one) for one in typed] == [
        "ya.ru",
        "me.com",
        "zoe.fastmail.com",
        "xn--mnchen-3ya.de",
    ]
