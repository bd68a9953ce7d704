"""Which network a visitor comes from: what the connection says, and what trusted proxies add."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest
import time_machine
from flask import Flask

from signing.core import clock
from signing.web import visitor

PROXIES = tuple(map(ip_network, ("127.0.0.1", "10.0.0.0/8", "fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # anybody can write that
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # the left is the visitor's
        ("127.0.0.1", "192.0.2.66, 198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.66, nonsense", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", '"[2001:db8::7]:4711"', "2001:db8::7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", str(visitor.UNKNOWN)),
    ],
)
def test_only_what_trusted_proxies_add_is_believed(peer: str, forwarded: str, client: str) -> None:
    assert visitor.client(peer, forwarded, PROXIES) == ip_address(client)


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert visitor.client("127.0.0.1", "198.51.100.1", ()) == ip_address("127.0.0.1")


def test_a_household_and_an_organisation_are_counted() -> None:
    assert visitor.names(ip_address("198.51.100.1")) == ("198.51.100.1",)
    assert visitor.names(ip_address("2001:db8:1:2:3:4:5:6")) == (
        "2001:db8:1:2::/64",
        "2001:db8:1::/48",
    )


def test_a_network_is_recognised_for_a_day_and_never_named(app: Flask) -> None:
    def seen() -> tuple[str, ...]:
        with app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.1"}):
            return visitor.networks()

    noon = clock.now().replace(hour=12)
    with time_machine.travel(noon):
        first = seen()
        assert seen() == first
        assert "198" not in first[0] or len(first[0]) == 32
    with time_machine.travel(noon + timedelta(days=1)):
        assert seen() != first
