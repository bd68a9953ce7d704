"""Messages leave: one connection for many, and of each it is known whether the server took it."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Self

from signing.mail.message import wire_address
from signing.mail.smtp_url import Security, SmtpUrl

__all__ = [
    "Connection",
    "Failure",
    "Refused",
    "Security",
    "SmtpUrl",
    "Stage",
    "Unknown",
    "Unreachable",
]

DONE = 250
GO_AHEAD = 354
CLOSING = 421  # RFC 5321, 3.8: may answer any command; the connection ends with it
GARBLED = -1  # smtplib's code for what is no answer
NO_UTF8 = (553, "5.6.7")  # RFC 6531, 3.5: what a server without SMTPUTF8 would say
UTF8_OPTIONS = ("SMTPUTF8", "BODY=8BITMIME")

_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463
_STARTS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)


class Stage(StrEnum):
    """How far a mail came."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"  # MAIL FROM: who writes
    RCPT = "rcpt"  # RCPT TO: to whom
    DATA = "data"  # the message itself


class Failure(Exception):
    """The server did not take the mail, or did not say so.

    The text holds a stage and codes only: servers like to repeat addresses.
    """

    what = "failed"

    def __init__(
        self, stage: Stage, code: int | None = None, enhanced: str = "", *, permanent: bool = False
    ) -> None:
        codes = f"{code or ''} {enhanced}".strip()
        super().__init__(f"{self.what} at {stage}" + (f": {codes}" if codes else ""))
        self.stage = stage
        self.code = code
        self.enhanced = enhanced
        self.permanent = permanent


class Refused(Failure):
    """The server said no to this mail; `permanent` if asking again is of no use."""

    what = "refused"


class Unreachable(Failure):
    """No server to talk to, or it does not talk to us; the mail was not taken."""

    what = "unreachable"


class Unknown(Failure):
    """The connection was lost after the final dot: the mail may have been taken, or not."""

    what = "unknown"


class Connection:
    """A connection to the mail server, opened when the first mail needs it, for one thread.

    It is opened anew after `most` mails, after `idle` seconds without any, and when the server
    turns out to have closed it meanwhile. `timeout` is for each answer, in seconds.
    """

    def __init__(
        self,
        url: SmtpUrl,
        *,
        ehlo: str | None = None,
        timeout: float = 30.0,
        context: ssl.SSLContext | None = None,
        most: int = 100,
        idle: float = 60.0,
    ) -> None:
        self._url = url
        self._ehlo = ehlo
        self._timeout = timeout
        self._context = context
        self._most = most
        self._idle = idle
        self._smtp: smtplib.SMTP | None = None
        self._mails = 0
        self._used_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: EmailMessage, *, envelope_from: str, to: str) -> None:
        """Have the server take the message; returns once it said that it did.

        Raises `Refused`, `Unreachable` or `Unknown`; the connection can be used on after each.
        Raises ValueError for what is no address.
        """
        sender, recipient = wire_address(envelope_from), wire_address(to)
        wire = message.as_bytes()
        needs_utf8 = not (wire.isascii() and (sender + recipient).isascii())
        try:
            smtp = self._begin(sender, needs_utf8=needs_utf8)
            _ask(Stage.RCPT, smtp.rcpt, recipient)
            _hand_over(smtp, wire)
        except Refused:
            self._reset()
            raise
        except BaseException:
            self._drop()
            raise

    def check(self) -> None:
        """Connect and log in, without a mail. Raises `Unreachable`."""
        if self._smtp is None:
            self._open()

    def close(self) -> None:
        """Say goodbye, if anyone is there; the next mail opens the connection anew."""
        if self._smtp:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def _begin(self, sender: str, *, needs_utf8: bool) -> smtplib.SMTP:
        """Begin a mail; a server that hung up while nothing was said is called once more."""
        if self._mails >= self._most or time.monotonic() - self._used_at > self._idle:
            self.close()
        is_used = self._smtp is not None
        try:
            return self._mail_from(sender, needs_utf8=needs_utf8)
        except Unreachable:
            if not is_used:
                raise
        self._drop()
        return self._mail_from(sender, needs_utf8=needs_utf8)

    def _mail_from(self, sender: str, *, needs_utf8: bool) -> smtplib.SMTP:
        smtp = self._smtp or self._open()
        self._mails += 1
        self._used_at = time.monotonic()
        if needs_utf8 and not smtp.has_extn("smtputf8"):
            raise Refused(Stage.MAIL, *NO_UTF8, permanent=True)
        _ask(Stage.MAIL, smtp.mail, sender, UTF8_OPTIONS if needs_utf8 else ())
        return smtp

    def _open(self) -> smtplib.SMTP:
        with _reaching(Stage.CONNECT):
            smtp = self._dial()
        try:
            self._introduce(smtp)
        except BaseException:
            smtp.close()
            raise
        self._smtp, self._mails, self._used_at = smtp, 0, time.monotonic()
        return smtp

    def _dial(self) -> smtplib.SMTP:
        host, port = self._url.host, self._url.port
        if self._url.security is not Security.TLS:
            return smtplib.SMTP(host, port, self._ehlo, self._timeout)
        context = self._context or ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, self._ehlo, timeout=self._timeout, context=context)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        with _reaching(Stage.CONNECT):
            smtp.ehlo_or_helo_if_needed()
        if self._url.security is Security.STARTTLS:
            with _reaching(Stage.TLS):  # a server that does not offer it is not talked to
                smtp.starttls(context=self._context or ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
        if self._url.user:
            with _reaching(Stage.LOGIN):
                smtp.login(self._url.user, self._url.password)

    def _reset(self) -> None:
        if self._smtp:
            with suppress(OSError):
                if self._smtp.rset()[0] == DONE:
                    return
        self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp:
            smtp.close()


def _hand_over(smtp: smtplib.SMTP, wire: bytes) -> None:
    """Send the message itself. Until the final dot it is ours, from its answer on the server's."""
    _ask(Stage.DATA, smtp.docmd, "data", expected=GO_AHEAD)
    end = b".\r\n" if wire.endswith(b"\r\n") else b"\r\n.\r\n"
    with _reaching(Stage.DATA):
        smtp.send(_STARTS_WITH_DOT.sub(b"..", wire) + end)
    try:
        code, text = smtp.getreply()
    except OSError:
        raise Unknown(Stage.DATA) from None
    if code == GARBLED:
        raise Unknown(Stage.DATA)
    _judge(Stage.DATA, code, text)


def _ask(
    stage: Stage, command: Callable[..., tuple[int, bytes]], *args: object, expected: int = DONE
) -> None:
    with _reaching(stage):
        code, text = command(*args)
    _judge(stage, code, text, expected)


def _judge(stage: Stage, code: int, text: bytes, expected: int = DONE) -> None:
    """Only the first digit counts (RFC 5321, 4.2.1), and whether the server hangs up.

    Before it knows for whom the mail is, it can only refuse us: that is for the operator to
    mend, and no reason to give the mail up.
    """
    if code // 100 == expected // 100:
        return
    if code in {CLOSING, GARBLED}:
        raise Unreachable(stage, code, _enhanced(text))
    permanent = code // 100 == 5 and stage is not Stage.MAIL
    raise Refused(stage, code, _enhanced(text), permanent=permanent)


@contextmanager
def _reaching(stage: Stage) -> Iterator[None]:
    """Every error of smtplib, ssl and socket is an OSError; ValueError is a host that is none."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        text = error.smtp_error
        code, enhanced = error.smtp_code, _enhanced(text if isinstance(text, bytes) else b"")
        raise Unreachable(stage, code, enhanced) from None
    except (OSError, ValueError) as error:
        raise Unreachable(Stage.TLS if isinstance(error, ssl.SSLError) else stage) from None


def _enhanced(text: bytes) -> str:
    found = _ENHANCED.match(text)
    return found[0].decode() if found else ""
