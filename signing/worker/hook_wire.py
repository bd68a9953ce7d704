"""Calls to a webhook: to a public address that was looked up once, each for ten seconds at most."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
PORT = 443
SKIPPED_BYTES = 16_384  # of an answer; after a longer one the connection ends


class NotReached(Exception):
    """Its text is a word for staff; never an address of ours or what the endpoint said."""


# Addresses in which a translator on the way finds an IPv4 address (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")  # all that is given to hosts on the internet so far


def is_public(address: str) -> bool:
    """Whether it is a host on the internet, and nothing of our own network or machine."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found not in UNICAST:
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Wire:
    """How calls are made; tests let it speak to this machine and trust their own certificate."""

    may_call: Callable[[str], bool] = is_public
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    total_seconds: float = TOTAL_SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer to one call. Raises `NotReached`."""
        with self.open(url) as line:
            return line.post(body, headers)

    @contextmanager
    def open(self, url: str) -> Iterator[OpenLine]:
        """For calls one after the other; the connection is made by the first."""
        line = OpenLine(self, url)
        try:
            yield line
        finally:
            line.close()

    def connect(self, host: str, port: int, until: float) -> _Pinned:
        """A connection to the first address; to none unless all are public. Hands are not shaken.

        Raises `NotReached`.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(one[4][0]) for one in found]
            if not addresses or not all(map(self.may_call, addresses)):
                raise NotReached("address not public")
            left = max(0.1, min(CONNECT_SECONDS, until - time.monotonic()))
            plain = socket.create_connection((addresses[0], port), timeout=left)
            # Else the body waits for the headers to be acknowledged.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _Pinned(host, port, plain, self.context)
        except (OSError, ValueError) as error:
            raise NotReached(_word(error)) from None


class OpenLine:
    """Calls to one address over one connection, or a new one where the endpoint ended it."""

    def __init__(self, wire: Wire, url: str) -> None:
        parts = urlsplit(url)
        self._wire = wire
        self._host, self._port = parts.hostname or "", parts.port or PORT
        self._path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        self._connection: _Pinned | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, which nobody reads; redirects are not followed.

        What an endpoint ended between two calls is tried once more by a new connection: the call
        has the same id, so that whoever gets it twice knows. Raises `NotReached`.
        """
        until = time.monotonic() + self._wire.total_seconds
        if self._connection is not None:
            with suppress(NotReached):
                return self._ask(self._connection, body, headers, until)
            if time.monotonic() >= until:
                raise NotReached("time-out")
        self._connection = self._wire.connect(self._host, self._port, until)
        return self._ask(self._connection, body, headers, until)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, connection: _Pinned, body: bytes, headers: Mapping[str, str], until: float
    ) -> int:
        cut = threading.Timer(max(0.0, until - time.monotonic()), connection.cut)
        cut.daemon = True
        cut.start()
        is_kept = False
        try:
            connection.shake_hands()
            connection.request("POST", self._path, body, dict(headers))
            answer = connection.getresponse()
            status, is_kept = answer.status, _skip(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotReached(_word(error)) from None
        finally:
            cut.cancel()
            if not is_kept:
                self.close()
        return status


def _skip(answer: http.client.HTTPResponse) -> bool:
    """Whether the connection is good for another call, once what was answered is out of the way."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        answer.read(SKIPPED_BYTES)
        return answer.isclosed() and not answer.will_close
    return False


class _Pinned(http.client.HTTPSConnection):
    """Speaks TLS with the named host over a socket that leads to the address already checked."""

    def __init__(self, host: str, port: int, plain: socket.socket, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._plain = plain
        try:
            # Shaking hands is for later: an endpoint may take hours, a byte at a time.
            self.sock = context.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
        except (OSError, ValueError):
            plain.close()
            raise
        self.sock.settimeout(TOTAL_SECONDS)
        self._is_met = False

    def shake_hands(self) -> None:
        """Once, before the first call."""
        if not self._is_met:
            self.sock.do_handshake()
            self._is_met = True

    def connect(self) -> None:
        """It is connected; a second time there is none."""
        raise OSError("closed")

    def cut(self) -> None:
        """Whatever it waits for ends now."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _word(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "certificate" if isinstance(error, ssl.SSLCertVerificationError) else "tls"
    if isinstance(error, socket.gaierror):
        return "no such host"
    return "time-out" if isinstance(error, TimeoutError) else "not reached"
