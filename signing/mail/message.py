"""A finished text becomes a message: the same inputs give the same bytes, and no input a header."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr
from hashlib import blake2b
from uuid import UUID

from email_validator import EmailNotValidError

from signing.core import address_parts, bidi
from signing.core.locales import Direction

# RFC 2047, 2: an encoded word has at most 75 characters, a line with one at most 76.
LONGEST_WORD = 75
LINE = 76

# No quoted local parts and no domain literals: nobody signs with one, and both hide surprises.
_FORBIDDEN = r"\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>()\[\]\\,:;\"@"
_ADDRESS = re.compile(f"[^{_FORBIDDEN}]+@[^{_FORBIDDEN}]+")
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, 3.6.8
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MARKS = {"ltr": "\N{LEFT-TO-RIGHT MARK}", "rtl": "\N{RIGHT-TO-LEFT MARK}"}


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, in one language: `html` is a whole document, `text` says the same."""

    subject: str
    text: str
    html: str
    locale: str
    direction: Direction


class _Wire(EmailPolicy):
    """Policy SMTP in seven bits, with folding of our own.

    The library's folding decodes what looks like an encoded word, so that a typed
    `=?utf-8?q?=0D=0ABcc:…?=` becomes a header (CVE-2024-6923); it loses the quotes around
    long names, and it breaks links longer than a line.
    """

    def fold(self, name: str, value: str) -> str:
        mailboxes = getattr(value, "addresses", ())
        words = ", ".join(map(_mailbox, mailboxes)) or _words(value, is_prose=name == "Subject")
        folded = textwrap.wrap(
            words,
            LINE,
            initial_indent=f"{name}: ",
            subsequent_indent=" ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return self.linesep.join([*(folded or [f"{name}:"]), ""])

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode()


# Base64 or quoted-printable: eight bits would need a server that says 8BITMIME.
_WIRE = _Wire(linesep="\r\n", cte_type="7bit")


def message_id(outbox_id: UUID, domain: str) -> str:
    """The Message-ID of an outbox row: the same at each attempt.

    A digest, because the row's UUIDv7 would tell when it was made.
    """
    digest = blake2b(outbox_id.bytes, digest_size=16, person=b"message-id")
    return f"<{digest.hexdigest()}@{wire_address('postmaster@' + domain).partition('@')[2]}>"


def wire_address(address: str) -> str:
    """The address as SMTP takes it: the domain in A-labels, if the local part is ASCII.

    If it is not, the address needs SMTPUTF8 anyhow. Raises ValueError, which never repeats
    the address.
    """
    if len(address) > address_parts.LONGEST_EMAIL or not _ADDRESS.fullmatch(address):
        raise ValueError("This is not an e-mail address.")
    if address.isascii():
        return address
    try:
        valid = address_parts.of_email(address, may_be_local=True)
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address.") from None
    return valid.ascii_email or valid.normalized


def build(
    content: Content,
    *,
    to: str,
    sender_name: str,
    sender_address: str,
    reply_to: str | None,
    message_id: str,
    date: datetime,
    headers: Mapping[str, str] = {},
) -> EmailMessage:
    """The message: plain text first, HTML as its alternative, ready for any server.

    Line breaks in names, subject and `headers` become spaces. Raises ValueError for what is no
    address and no header name.
    """
    message = EmailMessage(policy=_WIRE)
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    # A retry must be the same message; `=_` occurs in no encoded body.
    boundary = blake2b(message_id.encode(), digest_size=16, person=b"boundary").hexdigest()
    message.set_boundary(f"=_{boundary}")

    message["From"] = _address(sender_address, name=_one_line(sender_name))
    message["To"] = _address(to)
    if reply_to:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = _pointed(_one_line(content.subject), content.direction)
    message["Date"] = date
    message["Message-ID"] = _one_line(message_id)
    message["Content-Language"] = _one_line(content.locale)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from machines
    message["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError("This is not a name of a header.")
        message[name] = _one_line(value)
    return message


def _one_line(text: str) -> str:
    """The text without control characters, and without anything a reader might decode once more."""
    return _BREAKS.sub(" ", text).strip().replace("=?", "= ?")


def _pointed(subject: str, direction: Direction) -> str:
    """A subject has no `dir`: a mark says where it begins, where its first letter misleads."""
    is_plain = bidi.direction(subject) in {None, direction}
    return subject if is_plain else _MARKS[direction] + subject


def _address(address: str, name: str = "") -> Address:
    local_part, _, domain = wire_address(address).rpartition("@")
    return Address(name, local_part, domain)


def _mailbox(address: Address) -> str:
    name = address.display_name
    if name and name == _words(name, is_prose=True):
        return formataddr((name, address.addr_spec))
    return f"{_words(name, is_prose=True)} <{address.addr_spec}>" if name else address.addr_spec


def _words(text: str, *, is_prose: bool) -> str:
    """The text as ASCII, in encoded words (RFC 2047) where it must be.

    A long word of prose is cut by that as well, so that no line is longer than SMTP takes; a
    long link must stay whole.
    """
    has_long_word = max(map(len, text.split(" "))) > LONGEST_WORD
    if text.isascii() and not (is_prose and has_long_word):
        return text
    return Header(text, "utf-8", maxlinelen=LONGEST_WORD).encode(linesep="\n")
