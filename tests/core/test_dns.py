"""DNS is asked where the settings say, for as long as was said, or not at all."""

from __future__ import annotations

import time

import dns.exception
import dns.resolver
import pytest

from signing.core.dns import OFF, SYSTEM, resolver
from tests.dns_server import DnsServer

MX = {("example.org", "MX"): ["10 mail.example.org.", "20 spare.example.org."]}


def test_the_servers_of_the_settings_are_asked() -> None:
    with DnsServer(MX) as server:
        asking = resolver([server.address], 2.0)
        assert asking is not None
        answer = asking.resolve("example.org", "MX")

    assert sorted(str(one.exchange) for one in answer) == [
        "mail.example.org.",
        "spare.example.org.",
    ]
    assert server.asked == [("example.org", "MX")]


def test_no_such_name_and_no_such_record_are_told_apart() -> None:
    with DnsServer(MX) as server:
        asking = resolver([server.address], 2.0)
        assert asking is not None
        with pytest.raises(dns.resolver.NXDOMAIN):
            asking.resolve("nowhere.example.org", "MX")
        with pytest.raises(dns.resolver.NoAnswer):
            asking.resolve("example.org", "A")


def test_who_does_not_answer_is_waited_for_only_so_long() -> None:
    with DnsServer(MX, silent=["slow.example.org"]) as server:
        asking = resolver([server.address], 0.2)
        assert asking is not None
        began = time.monotonic()
        with pytest.raises(dns.exception.Timeout):
            asking.resolve("slow.example.org", "MX")

    assert time.monotonic() - began < 1


def test_a_server_that_fails_is_no_answer() -> None:
    with DnsServer(MX, failing=["example.org"]) as server:
        asking = resolver([server.address], 1.0)
        assert asking is not None
        with pytest.raises(dns.resolver.NoNameservers):
            asking.resolve("example.org", "MX")


def test_nobody_is_asked_where_dns_is_off() -> None:
    assert resolver([OFF], 1.0) is None


def test_the_system_knows_its_own_servers_or_none() -> None:
    asking = resolver([SYSTEM], 1.0)
    assert asking is None or asking.nameservers
