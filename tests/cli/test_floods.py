"""The operator's words about floods: what was noticed, work, mail domains."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.audit.models import AuditEvent
from signing.core.db import db
from signing.letters.models import Letter
from tests import make
from tests.cli.conftest import Signing


def test_what_was_noticed_is_listed_without_a_person(
    app: Flask, client: FlaskClient, signing: Signing
) -> None:
    make.letter()
    assert signing("signatures", "flagged", "open-roads").stderr == "Nothing was noticed.\n"
    for name, email in (("Anna", "anna@example.org"), ("<b>Zoë", "zoe@mailinator.com")):
        form = make.sign_form(name=name, email=email)
        assert client.post("/en/open-roads/sign", data=form).status_code == 303

    told = signing("signatures", "flagged", "open-roads")

    (line,) = told.stdout.splitlines()
    assert line.split("\t")[1::2] == ["pending", "throwaway_domain markup"]
    assert told.stderr == "throwaway_domain: 1\nmarkup: 1\n"
    assert "Zoë" not in told.stdout


def test_work_is_switched_and_written_down(app: Flask, signing: Signing) -> None:
    letter_id = make.letter().id

    assert signing("letters", "work", "open-roads", "on").stdout == "open-roads: work is on\n"
    assert signing("letters", "work", "open-roads", "perhaps").returncode == 2
    assert signing("letters", "work", "nowhere", "on").returncode == 1

    db.session.rollback()
    assert db.session.scalars(select(Letter.work).where(Letter.id == letter_id)).one() == "on"
    verbs = db.session.scalars(select(AuditEvent.verb).where(AuditEvent.letter_id == letter_id))
    assert "letter.work_set" in verbs.all()


def test_domains_are_blocked_allowed_listed_and_forgotten(app: Flask, signing: Signing) -> None:
    assert signing("domains", "block", "Flood.example").stdout.startswith("flood.example: block")
    assert signing("domains", "allow", "bücher.example").returncode == 0
    listed = signing("domains", "list").stdout.splitlines()
    assert listed == ["block\tflood.example", "allow\txn--bcher-kva.example"]
    assert signing("domains", "forget", "flood.example").stdout == "Forgotten.\n"
    assert signing("domains", "forget", "flood.example").stdout == "There was no rule.\n"
    assert signing("domains", "block", "not a domain").returncode == 1
