"""Whether a domain takes mail: asked of a real name server, for a moment, and remembered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock
from signing.core.db import transaction
from signing.mail import domains, outbox
from signing.mail.domains import Domains, NotADomain, Rule, Verdict
from signing.mail.models import MailState
from signing.signatures import domain_rules, screening
from tests import make
from tests.conftest import Inbox
from tests.dns_server import DnsServer

ZONE = {
    ("mail.example.org", "MX"): ["10 mx.example.org."],
    ("null.example.org", "MX"): ["0 ."],
    ("address.example.org", "A"): ["192.0.2.1"],
    ("six.example.org", "AAAA"): ["2001:db8::1"],
    ("nothing.example.org", "TXT"): ["nothing"],
    ("xn--bcher-kva.example", "MX"): ["10 mx.example.org."],
}


@pytest.fixture
def server() -> Iterator[DnsServer]:
    away = ("silent.example.org",)
    with DnsServer(ZONE, silent=away, failing=("broken.example.org",)) as made:
        yield made


@pytest.fixture
def asking(app: Flask, server: DnsServer) -> Domains:
    made = Domains((server.address,))
    app.extensions["signing.domains"] = made
    return made


@pytest.mark.parametrize(
    ("domain", "verdict"),
    [
        ("mail.example.org", Verdict.TAKES_MAIL),
        ("address.example.org", Verdict.TAKES_MAIL),
        ("six.example.org", Verdict.TAKES_MAIL),
        ("null.example.org", Verdict.TAKES_NONE),
        ("nothing.example.org", Verdict.TAKES_NONE),
        ("typo.example", Verdict.TAKES_NONE),
        ("broken.example.org", Verdict.UNKNOWN),
        ("silent.example.org", Verdict.UNKNOWN),
    ],
)
def test_what_dns_says(asking: Domains, domain: str, verdict: Verdict) -> None:
    assert asking.look_up(domain, seconds=0.3) is verdict


def test_a_verdict_is_asked_for_once_an_hour(asking: Domains, server: DnsServer) -> None:
    for _ in range(3):
        asking.look_up("mail.example.org", seconds=0.3)
    assert len(server.asked) == 1

    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        asking.look_up("mail.example.org", seconds=0.3)
    assert len(server.asked) == 2


def test_a_silent_server_holds_up_one_visitor_a_minute(asking: Domains) -> None:
    begun = time.monotonic()
    for _ in range(20):
        asking.look_up("silent.example.org", seconds=0.3)
    assert time.monotonic() - begun < 1.5  # the first waits 0.3 s, the others not at all


def test_nobody_is_asked_where_that_is_switched_off() -> None:
    assert Domains(("off",)).look_up("typo.example", seconds=0.3) is Verdict.UNKNOWN


def test_a_mistyped_domain_is_named_and_nothing_is_lost(
    asking: Domains, client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    answer = client.post(
        "/en/open-roads/sign", data=make.sign_form(email="zoe@typo.example", city="Lund")
    )

    assert answer.status_code == 422
    assert "There is no mail at typo.example. Please check the spelling." in answer.text
    assert "Zoë Lindqvist" in answer.text
    assert inbox.mails == []


@pytest.mark.parametrize(
    "email", ["zoe@mail.example.org", "zoe@silent.example.org", "zoe@bücher.example"]
)
def test_no_answer_is_no_reason_against_anybody(
    asking: Domains, client: FlaskClient, inbox: Inbox, email: str
) -> None:
    make.letter()
    form = make.sign_form(email=email)

    assert client.post("/en/open-roads/sign", data=form).status_code == 303
    assert len(inbox.mails) == 1


def test_the_worker_looks_again_before_it_mails(
    asking: Domains, server: DnsServer, client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    for name in ("silent", "broken"):
        form = make.sign_form(email=f"zoe@{name}.example.org")
        assert client.post("/en/open-roads/sign", data=form).status_code == 303
    server.silent.clear()  # by now DNS says that there is no such domain

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert [mail["To"] for mail in inbox.mails] == ["zoe@broken.example.org"]
    assert outbox.count_by_state() == {MailState.SENT: 1, MailState.DEAD: 1}


def test_staff_decide_over_dns_and_lists(asking: Domains, client: FlaskClient) -> None:
    make.letter()
    with transaction():
        domain_rules.decide("Mail.Example.org", Rule.BLOCK, by=make.OPERATOR)
        domain_rules.decide("typo.example", Rule.ALLOW, by=make.OPERATOR)

    def sign(email: str) -> int:
        return client.post("/en/open-roads/sign", data=make.sign_form(email=email)).status_code

    assert sign("zoe@mail.example.org") == 422
    assert sign("zoe@typo.example") == 303

    with transaction():
        assert domain_rules.forget("mail.example.org", by=make.OPERATOR)
        assert not domain_rules.forget("mail.example.org", by=make.OPERATOR)
    assert sign("zoe@mail.example.org") == 422  # for up to a minute
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert sign("zoe@mail.example.org") == 303


def test_what_is_no_domain_gets_no_rule(app: Flask) -> None:
    for text in ("", "localhost", "a b.example", "zoe@example.org", "-.example"):
        with pytest.raises(NotADomain), transaction():
            domain_rules.decide(text, Rule.BLOCK, by=make.OPERATOR)


def test_a_throw_away_provider_is_told_of_and_not_refused(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    assert domains.is_throwaway("mailinator.com")
    assert domains.is_throwaway("eu.mailinator.com")
    assert not domains.is_throwaway("example.org")
    form = make.sign_form(email="zoe@mailinator.com")

    assert client.post("/en/open-roads/sign", data=form).status_code == 303
    assert make.reasons("open-roads") == ["throwaway_domain"]


def test_a_slip_that_squatters_hold_is_not_called_a_throw_away_provider(app: Flask) -> None:
    known = app.extensions["signing.domains"]
    assert domains.is_throwaway("gmial.com")
    assert not screening.is_throwaway("zoe@gmial.com", known)
    assert screening.is_throwaway("Zoe@Mailinator.com", known)
    assert not screening.is_throwaway("zoe@example.org", known)
