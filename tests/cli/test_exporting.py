"""`signing signatures export`: formats, filters, keys, and what is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
from flask import Flask
from sqlalchemy import select

from signing.core.db import db
from signing.exports.models import Export
from signing.exports.purpose import Purpose, find
from tests import make
from tests.cli.conftest import Signing


def test_formats_filters_and_keys(app: Flask, signing: Signing, tmp_path: Path) -> None:
    letter = make.letter()
    make.signature(letter, email="a@example.org", name="Ana", country="SE")
    make.signature(letter, email="b@example.org", name="Ben", country="FR")
    partner = make.partner(letter)
    make.signature(letter, email="c@example.org", name="Cem", partner_id=partner.id)
    out, mine = tmp_path / "out", pyrage.x25519.Identity.generate()
    export = ("signatures", "export", "open-roads", "--out", str(out))

    assert signing(*export, "--format", "jsonl", "--country", "fr").returncode == 0
    assert [json.loads(one)["name"] for one in out.read_text("utf-8").splitlines()] == ["Ben"]
    assert out.stat().st_mode & 0o777 == 0o600

    of_partner = signing(
        *export, "--partner", "green-web", "--entry", "form", "--since", "2020-01-01"
    )
    assert of_partner.returncode == 0
    assert "Cem" in out.read_text("utf-8")
    assert "Ana" not in out.read_text("utf-8")
    assert signing(*export, "--partner", "nobody").returncode == 2
    assert signing(*export, "--until", "2020-01-01").returncode == 0
    assert len(out.read_text("utf-8").splitlines()) == 1

    why = ("--reason", "Archive", "--receiver", "Ourselves")
    sealed = signing(*export, "--format", "xlsx", "--encrypt-to", str(mine.to_public()), *why)
    assert sealed.returncode == 0
    assert pyrage.decrypt(out.read_bytes(), [mine])[:2] == b"PK"

    refused = signing(*export, "--encrypt-to", str(mine))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "private key" in refused.stderr
    db.session.expire_all()
    first, *_, second = db.session.scalars(select(Export).order_by(Export.id))
    assert (first.carried, second.carried, first.is_encrypted) == (1, 3, False)
    assert find(second) == Purpose("Archive", "Ourselves", str(mine.to_public()))
    assert [one.name for one in tmp_path.iterdir() if "partial" in one.name] == []
