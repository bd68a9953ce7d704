"""A real SMTP server for tests: keeps what it gets, and refuses or hangs up when told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import ipaddress
import ssl
import tempfile
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import AnyStr, Literal, Self
from urllib.parse import quote

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signing.mail.sink import HOST, Loopback
from signing.mail.smtp_url import Security

Refusing = Literal["mail", "rcpt", "data"]
Dropping = Literal["before_dot", "after_dot"]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the server took; `connection` counts the clients from 1."""

    envelope_from: str
    to: tuple[str, ...]
    message: EmailMessage
    connection: int
    raw: bytes


class SmtpServer:
    """Speaks SMTP on a free port of this machine between `start` and `stop`, or inside `with`."""

    def __init__(
        self,
        security: Security = Security.NONE,
        *,
        login: tuple[str, str] | None = None,
        takes_utf8: bool = True,
    ) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.login = login
        self._security = security
        self._arrived = threading.Condition()
        self._refusals: dict[str, list[tuple[int, str]]] = {"mail": [], "rcpt": [], "data": []}
        self._drops: list[Dropping] = []
        with_tls = security is not Security.NONE
        self.client_context = _certificate().client if with_tls else None
        self._server = _Server(
            self,
            ssl_context=_certificate().server if security is Security.TLS else None,
            tls_context=_certificate().server if security is Security.STARTTLS else None,
            require_starttls=security is Security.STARTTLS,
            auth_require_tls=security is Security.STARTTLS,
            enable_SMTPUTF8=takes_utf8,
        )
        self.port: int = self._server.port

    @property
    def url(self) -> str:
        who = ":".join(quote(part, safe="") for part in self.login) + "@" if self.login else ""
        return f"{self._security}://{who}{HOST}:{self.port}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def wait_for(self, n: int, timeout: float = 10.0) -> list[Received]:
        """The mails received, once there are at least `n`; raises TimeoutError if they stay out."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= n, timeout):
                raise TimeoutError(f"{len(self.received)} mails arrived, {n} were expected")
            return list(self.received)

    def clear(self) -> None:
        with self._arrived:
            self.received.clear()

    def refuse(
        self, stage: Refusing, code: int = 550, times: int = 1, enhanced: str | None = None
    ) -> None:
        """Answer the next `times` commands of that stage with `code`; at "data" after the dot.

        With `enhanced` too (RFC 3463), which is x.1.1 unless said otherwise.
        """
        more = f"{code // 100}.1.1" if enhanced is None else enhanced
        self._refusals[stage] += [(code, more)] * times

    def drop(self, stage: Dropping, times: int = 1) -> None:
        """Hang up without an answer: to DATA, or to the final dot, with the mail kept."""
        self._drops += [stage] * times

    def close_idle(self, *, politely: bool = False) -> None:
        """Hang up on all clients; politely is with a 421, as most servers do."""
        self._server.hang_up(b"421 4.4.2 time-out\r\n" if politely else b"")

    def refusal(self, stage: Refusing, address: str) -> object:
        """What to answer; real servers like to repeat the address."""
        codes = self._refusals[stage]
        if not codes:
            return MISSING
        code, enhanced = codes.pop(0)
        return f"{code} {enhanced} <{address}>: no, not {address}"

    def drops(self, stage: Dropping) -> bool:
        if stage not in self._drops:
            return False
        self._drops.remove(stage)
        return True

    def keep(self, envelope: Envelope, connection: int) -> None:
        raw = envelope.original_content or b""
        message = message_from_bytes(raw, EmailMessage, policy=default)
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        with self._arrived:
            self.received.append(Received(sender, recipients, message, connection, raw))
            self._arrived.notify_all()

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, _envelope: Envelope, address: str, _options: object
    ) -> object:
        return self.refusal("mail", address)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, _envelope: Envelope, address: str, _options: object
    ) -> object:
        return self.refusal("rcpt", address)

    async def handle_DATA(  # noqa: N802
        self, server: _Protocol, _session: Session, envelope: Envelope
    ) -> object:
        answer = self.refusal("data", ", ".join(envelope.rcpt_tos))
        if answer is MISSING:
            self.keep(envelope, server.number)
            if self.drops("after_dot"):
                server.vanish()
        return answer


class _Protocol(SMTP):
    """One client. It counts once it says EHLO: starting the server knocks once."""

    event_handler: SmtpServer
    number = 0

    def vanish(self) -> None:
        """Close without an answer, and do no more for this client."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        raise asyncio.CancelledError

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not self.number:
            self.event_handler.connections += 1
            self.number = self.event_handler.connections
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.drops("before_dot"):
            self.vanish()
        await super().smtp_DATA(arg)

    async def push(self, status: AnyStr) -> None:
        """Answer; a 421 is also the end of the connection."""
        await super().push(status)
        if str(status).startswith("421") and self.transport:
            self.transport.close()

    async def check_auth_needed(self, caller_method: str) -> bool:
        """aiosmtpd's own `auth_required` warns where there is no TLS."""
        if self.event_handler.login and self.session and not self.session.authenticated:
            await self.push("530 5.7.0 Authentication required")
            return True
        return await super().check_auth_needed(caller_method)


class _Server(Loopback):
    handler: SmtpServer

    def protocol(self) -> SMTP:
        return _Protocol(
            self.handler, loop=self.loop, auth_callback=self._knows, **self.SMTP_kwargs
        )

    def _knows(self, _mechanism: str, user: bytes, password: bytes) -> bool:
        return (user.decode(), password.decode()) == self.handler.login


@dataclass(frozen=True, slots=True)
class _Contexts:
    server: ssl.SSLContext
    client: ssl.SSLContext


@functools.cache
def self_signed() -> tuple[bytes, bytes]:
    """A fresh private key and its certificate for this machine, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))]
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, certificate


@functools.cache
def _certificate() -> _Contexts:
    """The certificate in use, and who trusts it."""
    private, certificate = self_signed()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.NamedTemporaryFile() as file:
        file.write(private + certificate)
        file.flush()
        server.load_cert_chain(file.name)
    return _Contexts(server, ssl.create_default_context(cadata=certificate.decode()))
