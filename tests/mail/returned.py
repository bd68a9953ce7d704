"""Mails that come back, as other people's servers write them."""

from __future__ import annotations

ADDRESS = "zoe@example.net"

_COPY = """\
From: Road Friends <letters@example.org>
To: {address}
Subject: Please confirm
X-Mail-Ref: {tag}

Dear Zoe
"""

_DSN = """\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is what happened to your mail.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} no

--b
Content-Type: message/rfc822

{copy}
--b--
"""

_ARF = """\
From: <fbl@provider.example>
To: {to}
Subject: FW: Please confirm
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: {sort}

{copy}
--b--
"""

_ANSWER = """\
From: Zoe <{address}>
To: {to}
Subject: Out of office
Auto-Submitted: auto-replied

I am on holiday until Monday.
"""


def dsn(
    to: str, *, action: str = "failed", status: str = "5.1.1", address: str = ADDRESS, tag: str = ""
) -> bytes:
    """A report of a server about a mail (RFC 3464), with a copy of it."""
    copy = _COPY.format(address=address, tag=tag)
    told = _DSN.format(to=to, action=action, status=status, address=address, copy=copy)
    return told.replace("\n", "\r\n").encode()


def complaint(
    to: str, *, tag: str, kind: str = "abuse", sort: str = "message/rfc822", address: str = "[cut]"
) -> bytes:
    """A provider's report that somebody called our mail unwanted (RFC 5965)."""
    copy = _COPY.format(address=address, tag=tag)
    return _ARF.format(to=to, kind=kind, sort=sort, copy=copy).replace("\n", "\r\n").encode()


def answer(to: str) -> bytes:
    """What a machine answers while its owner is away."""
    return _ANSWER.format(to=to, address=ADDRESS).encode()
