"""A real DNS server for a test: on a free UDP port of this machine, answering from a table."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

HOST = "127.0.0.1"
MOST = 65535
TTL = 60

# By name and type, as a zone file has it: {("example.org", "MX"): ["10 mail.example.org."]}.
Records = Mapping[tuple[str, str], Sequence[str]]


class DnsServer:
    """Answers inside `with`; `address` is for SIGNING_NAMESERVERS.

    Names in `silent` get no answer, those in `failing` a SERVFAIL; `asked` is what was wanted.
    """

    def __init__(
        self, records: Records, *, silent: Sequence[str] = (), failing: Sequence[str] = ()
    ) -> None:
        self.records = {(_name(name), kind): list(texts) for (name, kind), texts in records.items()}
        self.silent = {_name(one) for one in silent}
        self.failing = {_name(one) for one in failing}
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self.address = f"{HOST}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._socket.sendto(b"", self._socket.getsockname())  # the end, which the thread reads
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(MOST)
            if not wire:
                return
            answer = self._answer(dns.message.from_wire(wire))
            if answer is not None:
                self._socket.sendto(answer.to_wire(max_size=MOST), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name, dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name.to_text(omit_final_dot=True), kind))
        if name in self.silent:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA | dns.flags.AA
        if name in self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(name, TTL, "IN", kind, texts))
        elif not any(known == name for known, _kind in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)
