"""The evidence of a consent, for one address that is asked for and never an argument."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing import ROOT
from signing.audit.models import AuditEvent
from signing.core.db import db
from signing.core.settings import Settings
from signing.core.vault import vault
from signing.letters import wordings
from signing.letters.models import ConsentPurpose, Letter
from tests import make
from tests.conftest import Inbox

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(settings: Settings, environment: dict[str, str]) -> Run:
    """The real command in a process of its own, with a line on its standard input."""
    given = environment | {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }

    def signing(*words: str, line: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "signing", *words],
            env=os.environ | given,
            cwd=ROOT,
            input=f"{line}\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done

    return signing


@pytest.fixture
def proof(run: Run) -> Run:
    """What is said about an address."""
    return lambda address: run("signatures", "proof", "open-roads", line=address)


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


def _found() -> list[str]:
    db.session.rollback()  # what was read before is not what is there now
    asked = select(AuditEvent).where(AuditEvent.verb == "signature.proved")
    events = db.session.scalars(asked.order_by(AuditEvent.id)).all()
    assert "example.org" not in "".join(str(one.details) + one.subject for one in events)
    return [one.details["found"] for one in events]


def test_it_names_wording_text_mail_and_button(
    client: FlaskClient, inbox: Inbox, letter: Letter, proof: Run
) -> None:
    client.post("/fr/open-roads/sign", data=make.sign_form(news="y"))
    mail = inbox.mails[-1]
    client.post(inbox.link(), data={"revision": "1"})

    told = proof("Zoe@example.org")

    assert told.returncode == 0, told.stderr
    wording = wordings.list_shown(letter, "fr")[ConsentPurpose.SIGN]
    text = make.text("fr")
    for evidence in (
        "State: confirmed",
        "Form: form, in fr",
        f"Mail: {mail['Message-ID']}",
        "Button: pressed 20",
        f"Text: {text.title} (fr",
        hashlib.sha256(f"{text.title}\0{text.body}".encode()).hexdigest(),
        "Consent: sign, given 20",
        "Consent: news, given 20",
        f"Wording: fr, version {wording.version}, SHA-256 {wording.digest.hex()}",
        wording.text,
    ):
        assert evidence in told.stdout
    assert _found() == ["confirmed"]


def test_an_unconfirmed_signature_proves_nothing_and_says_so(letter: Letter, proof: Run) -> None:
    make.signature(letter, is_confirmed=False)
    told = proof("zoe@example.org")
    assert told.returncode == 0, told.stderr
    assert "Button: not pressed" in told.stdout
    assert _found() == ["pending"]


def test_whoever_is_not_there_or_erased_is_answered_in_plain_words(
    letter: Letter, proof: Run
) -> None:
    make.signature(letter)
    gone = proof("nobody@example.org")
    assert gone.returncode == 1
    assert "No signature of this address is stored" in gone.stderr
    vault.destroy(letter.id)
    erased = proof("zoe@example.org")
    assert erased.returncode == 1
    assert "was erased" in erased.stderr
    assert _found() == ["none", "erased"]


def test_what_is_no_address_is_refused(letter: Letter, proof: Run) -> None:
    assert proof("zoe").returncode == 1
    assert proof("").returncode == 1
    assert _found() == []


def test_reminders_are_switched_by_the_operator(letter: Letter, run: Run) -> None:
    assert letter.takes_reminders is False
    assert run("letters", "reminders", "open-roads", "on").returncode == 0
    db.session.rollback()
    assert db.session.scalar(select(Letter.takes_reminders)) is True
    assert run("letters", "reminders", "open-roads", "perhaps").returncode == 2
