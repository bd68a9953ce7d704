"""The doctor's findings about DNS: each fault comes with the record that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from signing.cli.doctor_dns import Finding, look
from signing.core.settings import read_settings
from signing.mail.dkim_signing import Signer
from tests.dns_server import DnsServer, Records
from tests.mail.test_dkim_signing import pem

HOST, OTHER = "9.9.9.10", "9.9.9.77"
WELL: dict[tuple[str, str], list[str]] = {
    ("example.org", "TXT"): ['"v=spf1 mx include:_spf.example.net -all"', '"something else"'],
    ("example.org", "MX"): ["10 mail.example.org."],
    ("mail.example.org", "A"): [HOST],
    ("_spf.example.net", "TXT"): ['"v=spf1 ip4:9.9.8.0/24 -all"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=quarantine"'],
    ("10.9.9.9.in-addr.arpa", "PTR"): ["mail.example.org."],
}
Environment = dict[str, str]


@pytest.fixture
def asking(environment: Environment) -> Environment:
    """An installation whose mail leaves by mail.example.org."""
    return environment | {"SIGNING_SMTP_URL": "smtp+starttls://mail.example.org"}


@pytest.fixture(scope="module")
def key() -> str:
    return pem(rsa.generate_private_key(65537, 2048))


def findings(environment: Environment, records: Records, **silent: list[str]) -> list[Finding]:
    with DnsServer(records, **silent) as server:
        return list(look(read_settings(environment | {"SIGNING_NAMESERVERS": server.address})))


def faults(environment: Environment, records: Records) -> list[str]:
    return [one.text for one in findings(environment, records) if one.is_fault]


def hints(environment: Environment, records: Records) -> list[str]:
    return [one.text for one in findings(environment, records) if not one.is_fault]


def without(*names: str) -> dict[tuple[str, str], list[str]]:
    return {key: value for key, value in WELL.items() if key[0] not in names}


def pasted(text: str) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """The record that a finding names, as a zone file would read it."""
    for name, kind, value in re.findall(r"(\S+)\. IN (TXT|MX|A|PTR) (.+)", text):
        yield (name, kind), [value]


def test_where_all_is_well_only_the_selector_is_not_known(asking: Environment) -> None:
    (hint,) = findings(asking, WELL)

    assert not hint.is_fault
    assert "SIGNING_DKIM_SELECTOR" in hint.text


@pytest.mark.parametrize(
    ("lacking", "word"),
    [("example.org", "SPF"), ("_dmarc.example.org", "DMARC")],
)
def test_what_lacks_can_be_pasted_and_then_is_well(
    asking: Environment, lacking: str, word: str
) -> None:
    found = [one for one in faults(asking, without(lacking)) if word in one]
    assert len(found) == 1
    mended = without(lacking) | {("example.org", "MX"): WELL["example.org", "MX"]}

    mended |= dict(pasted(found[0]))

    assert faults(asking, mended) == []
    assert len(hints(asking, mended)) == 1


def test_two_spf_records_are_as_good_as_none(asking: Environment) -> None:
    two = ['"v=spf1 mx ~all"', '"v=spf1 include:_spf.example.net -all"']

    (fault,) = faults(asking, WELL | {("example.org", "TXT"): two})

    assert 'example.org. IN TXT "v=spf1 include:_spf.example.net mx ~all"' in fault
    assert faults(asking, WELL | dict(pasted(fault))) == []


@pytest.mark.parametrize(
    ("record", "lets_send"),
    [
        ("v=spf1 ip4:9.9.9.0/24 -all", True),
        ("v=spf1 ip4:9.9.8.0/24 -all", False),
        ("v=spf1 a:mail.example.org -all", True),
        ("v=spf1 a:other.example.org -all", False),
        ("v=spf1 a:other.example.org/24 -all", True),
        ("v=spf1 mx ?all", True),
        ("v=spf1 -mx +all", False),
        ("v=spf1 redirect=_spf.example.net", False),
        ("v=spf1 include:_mine.example.org -all", True),
        ("v=spf1 ip6:2001:db8::/32 -all", False),
        ("v=spf1 exists:%{i}.example.org -all", True),  # depends on the mail: nothing is said
        ("v=spf1", False),
    ],
)
def test_an_address_that_spf_does_not_know_is_told(
    asking: Environment, record: str, lets_send: bool
) -> None:
    more = {
        ("example.org", "TXT"): [f'"{record}"'],
        ("other.example.org", "A"): [OTHER],
        ("_mine.example.org", "TXT"): [f'"v=spf1 ip4:{HOST} -all"'],
    }
    told = [one for one in hints(asking, WELL | more) if "does not know" in one]

    assert bool(told) is not lets_send
    if told and record != "v=spf1":
        mended = WELL | more | dict(pasted(told[0]))
        assert not [one for one in hints(asking, mended) if "does not know" in one]


def test_an_spf_record_that_goes_round_is_told(asking: Environment) -> None:
    round_ = {("example.org", "TXT"): ['"v=spf1 include:example.org -all"']}

    (fault,) = faults(asking, WELL | round_)

    assert "more than 10 look-ups" in fault


def test_our_own_dkim_record_must_be_that_of_our_key(asking: Environment, key: str) -> None:
    signs = asking | {"SIGNING_DKIM_SELECTOR": "s1", "SIGNING_DKIM_KEY": key}
    name = ("s1._domainkey.example.org", "TXT")

    (lacking,) = faults(signs, WELL)
    (wrong,) = faults(signs, WELL | {name: ['"v=DKIM1; k=rsa; p=AAAA"']})

    assert "is not there" in lacking
    assert "does not hold" in wrong
    ((pasted_name, (value,)),) = pasted(lacking)
    assert pasted_name == name
    assert Signer("example.org", "s1", key).public_key in value.replace('" "', "")
    assert findings(signs, WELL | {name: [value]}) == []


def test_the_domain_of_bounces_needs_spf_and_a_host(asking: Environment) -> None:
    bounces = asking | {"SIGNING_BOUNCE_ADDRESS": "bounces@letters.example.org"}

    found = faults(bounces, WELL)

    assert [one.split(" ")[0] for one in found] == ["letters.example.org", "no"]
    assert "letters.example.org. IN MX 10 mail.example.org." in found[1]
    mended = WELL | {key: value for one in found for key, value in pasted(one)}
    assert faults(bounces, mended) == []
    null = mended | {("letters.example.org", "MX"): ["0 ."]}
    assert len(faults(bounces, null)) == 1


def test_a_policy_of_the_domain_above_is_enough(asking: Environment) -> None:
    below = asking | {"SIGNING_MAIL_FROM": "us@letters.example.org"}

    assert not [one for one in faults(below, WELL) if "DMARC" in one]


def test_a_host_without_a_name_that_leads_back_is_told(asking: Environment) -> None:
    pointer = ("10.9.9.9.in-addr.arpa", "PTR")
    nameless = hints(asking, without(pointer[0]))
    astray = hints(asking, WELL | {pointer: ["astray.example.org."]})

    assert any("9.9.9.10 has no name" in one and f"{pointer[0]}. IN PTR" in one for one in nameless)
    assert any("add: astray.example.org. IN A 9.9.9.10" in one for one in astray)


def test_where_mail_leaves_from_is_the_machines_own_name_or_not_known(
    environment: Environment,
) -> None:
    local = environment | {"SIGNING_SMTP_URL": "smtp://127.0.0.1:25"}
    public = local | {"SIGNING_BASE_URL": "https://mail.example.org"}

    assert any("not known here: it was not compared" in one for one in hints(local, WELL))
    assert len(hints(public, WELL)) == 1


def test_it_says_when_it_did_not_look(asking: Environment) -> None:
    (off,) = look(read_settings(asking))
    assert "were not looked at" in off.text

    *_, failed = findings(asking, WELL, failing=["_dmarc.example.org"])
    assert (failed.is_fault, "to the end" in failed.text) == (False, True)
