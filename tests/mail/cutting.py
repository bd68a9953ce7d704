"""A wire between us and a real mail server that breaks at the final dot of the first mail."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Literal, Self

HOST = "127.0.0.1"
END = b"\r\n.\r\n"
PATIENCE_SECONDS = 20
Moment = Literal["before the dot", "after the dot"]


class Wire:
    """Inside `with`, one connection to `url` goes on to the server's port, until it is cut.

    "before the dot": the server never sees the mail's end. "after the dot": it takes the mail,
    and its answer is lost.
    """

    def __init__(self, server_port: int, moment: Moment) -> None:
        self.moment = moment
        self._server_port = server_port
        self._listening = socket.create_server((HOST, 0))
        self.url = f"smtp://{HOST}:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._listening.close()
        self._thread.join(PATIENCE_SECONDS)

    def _carry(self) -> None:
        client, _address = self._listening.accept()
        server = socket.create_connection((HOST, self._server_port))
        for end in (client, server):
            end.settimeout(PATIENCE_SECONDS)
        with client, server:
            client.sendall(server.recv(65536))  # the greeting
            self._talk(client, server)

    def _talk(self, client: socket.socket, server: socket.socket) -> None:
        """One command and one answer in turns, until the server waits for the mail itself."""
        answer = b""
        while not answer.startswith(b"354"):
            command = client.recv(65536)
            if not command:
                return
            server.sendall(command)
            answer = server.recv(65536)
            client.sendall(answer)
        self._take(client, server)

    def _take(self, client: socket.socket, server: socket.socket) -> None:
        mail = b""
        while not mail.endswith(END):
            mail += client.recv(65536)
        self._end(server, mail)

    def _end(self, server: socket.socket, mail: bytes) -> None:
        if self.moment == "before the dot":
            server.sendall(mail.removesuffix(END))
            return
        server.sendall(mail)
        server.recv(65536)  # it was taken; nobody is told
