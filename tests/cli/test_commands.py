"""The operator's commands: what they do, how they refuse, and with which exit status."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from signing import create_app
from signing.audit.models import AuditEvent
from signing.cli import signing as commands
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.counts import queries as counts
from signing.counts.actions import roll_up
from signing.counts.models import Tally
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose, Letter, Translation
from signing.signatures.models import Show
from tests import make
from tests.cli.conftest import Signing
from tests.conftest import let_go

RESPONSIBLE = [
    "--set", "controller=Friends, 1 Road", "--set", "contact=hello@example.org",
    "--set", "to=All of them",
]  # fmt: skip


@contextmanager
def inside(settings: Settings) -> Iterator[Flask]:
    """The application between two commands, with nothing left open afterwards."""
    app = create_app(settings)
    with app.app_context():
        yield app
    let_go(app)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "letter"
    made.mkdir()
    (made / "index.md").write_text("---\ntitle: Open roads\n---\n\nDear council.\n")
    (made / "index.fr.md").write_text("---\ntitle: Routes ouvertes\n---\n\nCher conseil.\n")
    return made


def test_a_letter_is_imported_opened_and_imported_again_without_harm(
    signing: Signing, folder: Path, settings: Settings
) -> None:
    first = signing(
        "letters", "import", str(folder), "--slug", "open-roads", *RESPONSIBLE, "--open"
    )
    assert first.returncode == 0, first.stderr
    assert "new: en fr" in first.stdout
    assert "open-roads is open: http://localhost/open-roads" in first.stdout

    again = signing("letters", "import", str(folder), "--slug", "open-roads")
    assert again.returncode == 0, again.stderr
    assert "unchanged: en fr" in again.stdout
    assert "open-roads is open" in again.stdout

    with inside(settings) as app:
        assert app.test_client().get("/fr/open-roads").status_code == 200


def test_opening_is_refused_naming_what_lacks(signing: Signing, folder: Path) -> None:
    refused = signing("letters", "import", str(folder), "--set", "to=Them", "--open")
    assert refused.returncode == 1
    assert "controller, contact" in refused.stderr


def test_a_broken_folder_is_refused_whole_with_file_and_line(
    signing: Signing, folder: Path, settings: Settings
) -> None:
    (folder / "index.fr.md").write_text("---\ntitle: x\n  bad: [\n---\n\nCher conseil.\n")
    refused = signing("letters", "import", str(folder), "--slug", "open-roads")
    assert refused.returncode == 1
    assert "index.fr.md, line 3" in refused.stderr
    with inside(settings):
        assert db.session.scalars(select(Letter)).all() == []


def test_a_signed_original_is_frozen_unless_a_correction_says_why(
    signing: Signing, folder: Path, settings: Settings
) -> None:
    signing("letters", "import", str(folder), "--slug", "open-roads", *RESPONSIBLE, "--open")
    with inside(settings):
        make.signature(letters.get_by_slug("open-roads"))
    (folder / "index.md").write_text("---\ntitle: Open roads\n---\n\nDear council!\n")

    refused = signing("letters", "import", str(folder), "--slug", "open-roads")
    assert refused.returncode == 1
    assert "correction" in refused.stderr
    done = signing(
        "letters", "import", str(folder), "--slug", "open-roads", "--correction", "A mark."
    )
    assert done.returncode == 0, done.stderr
    assert "changed: en" in done.stdout
    assert "stale (the original changed since): fr" in done.stdout


def test_an_exported_letter_is_the_same_letter(
    signing: Signing, folder: Path, tmp_path: Path, settings: Settings
) -> None:
    signing("letters", "import", str(folder), "--slug", "open-roads", *RESPONSIBLE, "--open")
    assert signing("letters", "export", "open-roads", str(tmp_path / "out")).returncode == 0
    again = signing("letters", "import", str(tmp_path / "out"), "--slug", "copy")
    assert again.returncode == 0, again.stderr
    with inside(settings):
        texts = {
            (row.locale, row.title, row.body.strip())
            for row in db.session.scalars(select(Translation))
        }
    assert len(texts) == 2


def test_the_export_holds_confirmed_signatures_and_is_written_down(
    signing: Signing, settings: Settings, tmp_path: Path
) -> None:
    with inside(settings):
        letter = make.letter()
        make.signature(
            letter,
            name="=HYPERLINK(1)",
            email="zoe@example.org",
            locale="fr",
            show=Show.FULL,
            consents=(ConsentPurpose.SIGN, ConsentPurpose.NEWS),
        )
        make.signature(letter, email="pending@example.org", is_confirmed=False)

    out = tmp_path / "out.csv"
    done = signing("signatures", "export", "open-roads", "--format", "csv", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o077 == 0
    piped = signing("signatures", "export", "open-roads")
    rows = list(csv.DictReader(io.StringIO(piped.stdout)))
    (filed,) = csv.DictReader(io.StringIO(out.read_text()))
    assert filed.pop("reference") != rows[0].pop("reference")
    assert [filed] == rows
    assert len(rows) == 1
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert rows[0]["email"] == "zoe@example.org"
    assert rows[0]["language"] == "fr"
    assert {part.split("=")[0] for part in rows[0]["consents"].split()} == {"sign", "news"}

    with inside(settings):
        verbs = list(db.session.scalars(select(AuditEvent.verb)))
    assert verbs.count("signatures.exported") == 2


def test_counts_verify_finds_a_planted_difference_and_repairs_it(
    signing: Signing, settings: Settings
) -> None:
    with inside(settings):
        make.signature(make.letter())
        with transaction():
            roll_up()
        with transaction():
            for tally in db.session.scalars(select(Tally).where(Tally.hour == 0)):
                tally.n += 2

    found = signing("counts", "verify")
    assert found.returncode == 1
    assert "open-roads: locale en: tallied 3, recounted 1" in found.stdout
    assert signing("counts", "verify", "--repair").returncode == 0
    assert signing("counts", "verify").returncode == 0


def test_erase_asks_and_says_what_it_cannot_reach(signing: Signing, settings: Settings) -> None:
    with inside(settings):
        make.signature(make.letter())
    assert signing("erase", "open-roads").returncode == 1  # nobody there to say yes
    done = signing("erase", "open-roads", "--yes")
    assert done.returncode == 0, done.stderr
    assert "1 signatures are numbers now" in done.stdout
    assert "cannot reach" in done.stdout
    with inside(settings):
        assert counts.total(letters.get_by_slug("open-roads").id).n == 1


def test_doctor_says_what_is_wrong_and_how_to_mend_it(signing: Signing) -> None:
    sick = signing("doctor", SIGNING_SMTP_URL="smtp://127.0.0.1:9")
    assert sick.returncode == 1
    assert "mail server" in sick.stdout
    broken = signing("doctor", SIGNING_SECRET_KEYS="short", SIGNING_BASE_URL="nonsense")
    assert broken.returncode == 1
    assert "SIGNING_SECRET_KEYS" in broken.stdout
    assert "SIGNING_BASE_URL" in broken.stdout
    assert "short" not in broken.stdout.replace("too short", "")


def test_wrong_words_exit_with_2_and_a_refusal_with_1(signing: Signing) -> None:
    assert signing("letters", "nonsense").returncode == 2
    assert signing("letters", "import", "/nowhere/at/all").returncode == 2
    assert signing("signatures", "export", "nowhere").returncode == 1
    refused = signing("letters", "list", SIGNING_MASTER_KEYS="bad")
    assert refused.returncode == 1
    assert "SIGNING_MASTER_KEYS" in refused.stderr


def test_migrations_are_checked(signing: Signing) -> None:
    assert signing("db", "check").returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        "demo", "serve", "worker", "doctor", "erase", "db upgrade", "db downgrade", "db check",
        "letters import", "letters export", "letters list", "signatures export",
        "signatures proof", "letters reminders", "counts verify",
        "signatures flagged", "letters work", "domains block", "domains allow", "domains forget",
        "domains list", "keys new", "keys rotate", "keys check", "restore check", "mail bounce",
        "mail fetch-bounces", "staff invite", "staff list", "staff end",
    ],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    told = CliRunner().invoke(commands, [*command.split(), "--help"])
    assert told.exit_code == 0
    assert f"Example: signing {command}" in " ".join(told.output.split())
