"""The demo's mail server: real SMTP on this machine; what arrives is kept in a folder."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from signing.core import clock

MOST_KEPT = 500
PATIENCE = 50  # hundredths of a second
HOST = "127.0.0.1"
ENVELOPE_TO = "X-Envelope-To"
_NAME = re.compile(r"\d{8}-\d{8}T\d{6}Z\.eml")


class Loopback(Controller):
    """An SMTP server for this machine only, in a thread of its own; port 0 lets the system choose.

    It listens from the first moment on, and leaves nothing open when it stops.
    """

    def __init__(self, handler: object, *, port: int = 0, **options: Any) -> None:
        self._socket = socket.create_server((HOST, port))
        super().__init__(
            handler,
            HOST,
            self._socket.getsockname()[1],
            server_hostname="localhost",  # the default asks the name server
            **options,
        )
        self._protocols: WeakSet[SMTP] = WeakSet()

    def factory(self) -> SMTP:
        protocol = self.protocol()
        self._protocols.add(protocol)
        return protocol

    def protocol(self) -> SMTP:
        """What speaks with one client; for those who know better than SMTP's own manners."""
        return SMTP(self.handler, loop=self.loop, **self.SMTP_kwargs)

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(
            self._factory_invoker, sock=self._socket, ssl=self.ssl_context
        )

    def hang_up(self, last_words: bytes = b"") -> None:
        """Close every connection; returns once they are closed."""
        asyncio.run_coroutine_threadsafe(self._hang_up(last_words), self.loop).result()

    async def _hang_up(self, last_words: bytes) -> None:
        for transport in self._transports():
            transport.write(last_words)
            transport.close()
        for _ in range(PATIENCE):
            if not self._transports():
                return
            await asyncio.sleep(0.01)
        for transport in self._transports():  # TLS waits half a minute for the client's goodbye
            transport.abort()
        await asyncio.sleep(0.01)

    def _transports(self) -> list[asyncio.Transport]:
        transports = (protocol.transport for protocol in self._protocols)
        return [t for t in transports if isinstance(t, asyncio.Transport)]

    def stop(self, no_assert: bool = False) -> None:
        self.hang_up()
        super().stop(no_assert)


class Sink:
    """A mail server that keeps the newest mails as files in `folder`, which only we may read."""

    def __init__(self, folder: Path, *, port: int = 0, most: int = MOST_KEPT) -> None:
        self._folder = folder
        self._most = most
        self._server = Loopback(self, port=port)
        self.port: int = self._server.port

    def start(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    async def handle_DATA(  # noqa: N802 – aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if not isinstance(envelope.content, bytes):
            return "554 5.6.0 unreadable"
        recipients = ", ".join(envelope.rcpt_tos).encode()
        self._keep(ENVELOPE_TO.encode() + b": " + recipients + b"\r\n" + envelope.content)
        return "250 2.0.0 kept"

    def _keep(self, mail: bytes) -> None:
        kept = _names(self._folder)
        number = int(kept[0].partition("-")[0]) + 1 if kept else 1
        name = f"{number:08}-{clock.now():%Y%m%dT%H%M%SZ}.eml"
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(mail)
        unfinished.rename(self._folder / name)
        for old in kept[self._most - 1 :]:
            (self._folder / old).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that arrived; `headers` as they came, `to` from the envelope."""

    name: str
    to: str
    subject: str
    date: datetime | None
    text: str
    html: str
    headers: str

    @classmethod
    def from_bytes(cls, name: str, raw: bytes) -> Self:
        message = message_from_bytes(raw, EmailMessage, policy=default)
        date = message["Date"]
        return cls(
            name=name,
            to=str(message[ENVELOPE_TO] or ""),
            subject=str(message["Subject"] or ""),
            date=date.datetime if date else None,
            text=_part(message, "plain"),
            html=_part(message, "html"),
            headers=raw.partition(b"\r\n\r\n")[0].decode(errors="replace"),
        )


def read(folder: Path) -> list[Kept]:
    """The mails in the folder, newest first."""
    mails = []
    for name in _names(folder):
        with suppress(FileNotFoundError):  # the sink may throw the oldest away meanwhile
            mails.append(Kept.from_bytes(name, (folder / name).read_bytes()))
    return mails


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _names(folder: Path) -> list[str]:
    """Finished mails, newest first."""
    if not folder.is_dir():
        return []
    return sorted(
        (path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True
    )
