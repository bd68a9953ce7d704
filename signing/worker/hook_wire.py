"""One call to a webhook: to a public address that was looked up once, for ten seconds at most."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
PORT = 443


class NotReached(Exception):
    """Its text is a word for staff; never an address of ours or what the endpoint said."""


# Addresses in which a translator on the way finds an IPv4 address (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether it is a host on the internet, and nothing of our own network or machine."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Wire:
    """How calls are made; tests let it speak to this machine and trust their own certificate."""

    may_call: Callable[[str], bool] = is_public
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    total_seconds: float = TOTAL_SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, which nobody reads; redirects are not followed.

        Raises `NotReached`.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORT
        until = time.monotonic() + self.total_seconds
        path = parts.path or "/"
        path = f"{path}?{parts.query}" if parts.query else path
        try:
            connection = _Pinned(host, port, self._connect(host, port, until), self.context)
        except (OSError, ValueError) as error:
            raise NotReached(_word(error)) from None
        return self._ask(connection, path, body, headers, until)

    def _ask(
        self,
        connection: _Pinned,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        until: float,
    ) -> int:
        cut = threading.Timer(max(0.0, until - time.monotonic()), connection.cut)
        cut.daemon = True
        cut.start()
        try:
            connection.sock.do_handshake()
            connection.request("POST", path, body, dict(headers))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotReached(_word(error)) from None
        finally:
            cut.cancel()
            connection.close()

    def _connect(self, host: str, port: int, until: float) -> socket.socket:
        """To the first address; none is tried unless all are public."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not addresses or not all(map(self.may_call, addresses)):
            raise NotReached("address not public")
        left = max(0.1, min(CONNECT_SECONDS, until - time.monotonic()))
        return socket.create_connection((addresses[0], port), timeout=left)


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
