"""What a mail that comes back says: for good, for now, or that it was unwanted.

It counts only with a tag of ours: anybody can send us what looks like a bounce.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from uuid import UUID

from flufl.bounce import all_failures

from signing.core.tokens import tokens

# What came back is read so far; the report stands before the copy of our mail.
MOST_BYTES = 1024 * 1024

# Our tags, wherever they stand: in the address it came to, in the copy of what we had sent.
_TAG = re.compile(rb"(?<![a-z2-7])[a-z2-7]{42}(?![a-z2-7])", re.IGNORECASE)
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463

# Failures for good that say nothing against the address (RFC 3463, 3.2 to 3.8): the sender's is
# disliked, the box is full, the message too long, a server out of order, the way too long, the
# content or our own standing disliked.
_NOT_THE_ADDRESS = ("4.", "5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.", "5.4.7", "5.6.", "5.7.")
# What a server that refuses while we send must say to accuse the address (RFC 3463, 3.2 and 3.3;
# RFC 7505): no such box or domain, no such spelling, moved, takes no mail. Whatever is vaguer may
# be about us: 550 alone stands for policy as well (RFC 5321, 4.2.3), and 5.1.0 for the sender.
_ACCUSING = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# RFC 5965, 7.3. Others are no complaints: "not-spam" is the contrary (RFC 6430).
_UNWANTED = {"abuse", "fraud", "opt-out"}

# It logs each step, and with an error parts of the message.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


class Verdict(StrEnum):
    FAILED = "failed"  # for good: nothing will ever arrive at this address
    UNWANTED = "unwanted"  # the recipient complained to their provider (ARF, RFC 5965)
    PASSING = "passing"  # delayed, refused for another reason, or an answer of a machine


@dataclass(frozen=True, slots=True)
class Bounce:
    """About which mail, and what; `status` is the code, where one was given."""

    mail_id: UUID
    verdict: Verdict
    status: str = ""


def read(raw: bytes, *, to: str = "") -> Bounce | None:
    """What came back, to the address `to` if that is known; None without a tag of ours."""
    mail_id = _find_mail(to.encode(errors="replace") + b"\n" + raw)
    if mail_id is None:
        return None
    try:
        return Bounce(mail_id, *_judge(message_from_bytes(raw)))
    except Exception:  # noqa: BLE001  # parsers meet what no standard foresaw
        return Bounce(mail_id, Verdict.PASSING)


def is_accusing(status: str) -> bool:
    """Whether a server that refuses for good with this code says that the address is dead."""
    return status in _ACCUSING


def _find_mail(raw: bytes) -> UUID | None:
    found = (tokens.read_tag(tag[0].decode()) for tag in _TAG.finditer(raw))
    return next((mail_id for mail_id in found if mail_id), None)


def _judge(message: Message) -> tuple[Verdict, str]:
    complaints = [block.get("Feedback-Type", "") for block in _blocks(message, "feedback-report")]
    if complaints:
        is_unwanted = any(one.strip().lower() in _UNWANTED for one in complaints)
        return (Verdict.UNWANTED if is_unwanted else Verdict.PASSING), ""
    status = next(_statuses(message), "")
    _for_now, for_good = all_failures(message)
    is_failed = bool(for_good) and not status.startswith(_NOT_THE_ADDRESS)
    return (Verdict.FAILED if is_failed else Verdict.PASSING), status


def _statuses(message: Message) -> Iterator[str]:
    for block in _blocks(message, "delivery-status"):
        if found := _STATUS.match(block.get("Status", "")):
            yield found[1]


def _blocks(message: Message, subtype: str) -> Iterator[Message]:
    """The blocks of header lines in parts `message/…` of this sort."""
    for part in message.walk():
        if part.get_content_type() == f"message/{subtype}" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Message))
