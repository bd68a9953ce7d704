"""Who is in an export, with which columns, and how those are named who go afterwards."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.exports import actions, carrying, gone, queries, retention, rows
from signing.exports.choice import Choice, Format, Preset, columns
from signing.exports.models import Exported
from signing.exports.purpose import Purpose
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import suppressions
from signing.signatures import actions as signatures
from signing.signatures import person
from signing.signatures import queries as signature_queries
from signing.signatures.models import Show, Signature, State
from signing.worker import retaining
from tests import make
from tests.exports.carrying_out import carry_out, choice, look

NEWS = (ConsentPurpose.SIGN, ConsentPurpose.NEWS)


def read(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(fields=("country", "city"))


def test_confirmed_signatures_leave_and_no_others(letter: Letter) -> None:
    make.signature(letter, email="a@example.org", name="Ana")
    make.signature(letter, email="b@example.org", is_confirmed=False)
    aside = make.signature(letter, email="c@example.org")
    with transaction():
        db.session.execute(
            update(Signature)
            .where(Signature.id == aside.signature_id)
            .values(state=State.SET_ASIDE.value)
        )
    file, export_id = carry_out(choice(letter))
    assert [one["name"] for one in read(file)] == ["Ana"]
    export = look(letter, export_id)
    assert (export.number, export.carried, export.size) == (2, 1, len(file))


def test_a_slow_reader_gets_nobody_who_signs_meanwhile(letter: Letter, tmp_path: Path) -> None:
    make.signature(letter, email="a@example.org", name="Ana")
    wanted = choice(letter)
    with transaction():
        why = Purpose("To hand over", "The council")
        begun = actions.carry_out(letter, wanted, why, by=make.OPERATOR, number=1)
    with carrying.begin(begun, tmp_path) as carrier:
        pieces = carrier.pieces(transaction)
        file = next(pieces)
        make.signature(letter, email="b@example.org", name="Bo")
        file += b"".join(pieces)
    assert [one["name"] for one in read(file)] == ["Ana"]


def test_each_purpose_has_its_columns_and_none_that_the_letter_does_not_ask() -> None:
    assert columns(Preset.DELIVERY, (), ("country",)) == ("name", "country", "reference")
    assert columns(Preset.MAILING, ("comment",), ()) == ("name", "email", "language", "reference")
    assert "comment" not in columns(Preset.FULL, ("comment", "city"), ("city",))
    assert columns(Preset.FULL, ("city",), ("city",)) == ("city", "reference")


def test_a_mailing_list_has_only_those_who_agreed_and_may_be_written_to(letter: Letter) -> None:
    kept = make.signature(letter, email="a@example.org", consents=NEWS)
    make.signature(letter, email="b@example.org")
    for email in ("c@example.org", "d@example.org", "e@example.org"):
        ref = make.signature(letter, email=email, consents=NEWS)
        with transaction():
            if email[0] == "c":
                signatures.stop_mail(ref, ConsentPurpose.NEWS)
            elif email[0] == "d":
                suppressions.suppress(
                    person.house_digest(email), reason=suppressions.Reason.COMPLAINT
                )
            else:
                bounced = update(Signature).where(Signature.id == ref.signature_id)
                db.session.execute(bounced.values(bounced_at=clock.now()))
    mailing = choice(
        letter,
        preset=Preset.MAILING,
        consent=ConsentPurpose.NEWS,
        columns=columns(Preset.MAILING, (), ()),
    )
    file, export_id = carry_out(mailing)
    assert [one["email"] for one in read(file)] == ["a@example.org"]
    assert list(queries.stream_ids(letter.id, export_id)) == [kept.signature_id]


def test_shown_names_leave_as_they_stand_on_the_page(letter: Letter) -> None:
    make.signature(letter, email="a@example.org", name="Ana Mol", show=Show.INITIAL)
    make.signature(letter, email="b@example.org", name="Ben")
    hidden = make.signature(letter, email="c@example.org", name="Cid", show=Show.FULL)
    with transaction():
        by_staff = update(Signature).where(Signature.id == hidden.signature_id)
        db.session.execute(by_staff.values(hidden_by_staff_at=clock.now()))
    shown = choice(letter, preset=Preset.SHOWN, columns=columns(Preset.SHOWN, (), ()))
    file, _ = carry_out(shown)
    assert [one["shown_name"] for one in read(file)] == ["Ana M."]
    everybody, _ = carry_out(choice(letter))
    assert [one["shown_name"] for one in read(everybody)] == ["Ana M.", "", ""]


def test_filters_and_names_of_countries(letter: Letter) -> None:
    make.signature(letter, email="a@example.org", country="SE")
    make.signature(letter, email="b@example.org", country="FR")
    base = choice(letter)
    french = Choice(type(base.wanted)(letter.id, country="FR"), countries_in="de")
    file, export_id = carry_out(french)
    assert [one["country"] for one in read(file)] == ["Frankreich"]
    assert look(letter, export_id).choice["wanted"]["country"] == "FR"
    assert Choice.read_json(french.as_json()) == french


def test_json_lines_hold_the_same(letter: Letter) -> None:
    make.signature(letter, name="=1+1 “Zoë” 🚲")
    file, _ = carry_out(choice(letter, format=Format.JSONL))
    (line,) = file.decode().splitlines()
    assert json.loads(line)["name"] == "=1+1 “Zoë” 🚲"


def test_rows_are_read_batch_by_batch(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make.signature(letter, email=f"a{number}@example.org", consents=NEWS)
    monkeypatch.setattr(rows.Reader.read, "__defaults__", (2,))
    file, export_id = carry_out(choice(letter))
    assert [one["email"][1] for one in read(file)] == list("01234")
    assert all("news=" in one["consents"] and "sign=" in one["consents"] for one in read(file))
    assert len(list(queries.stream_ids(letter.id, export_id))) == 5


def test_who_is_gone_since_is_named_by_the_reference_of_that_export(letter: Letter) -> None:
    stays = make.signature(letter, email="a@example.org", consents=NEWS, show=Show.FULL)
    leaves = make.signature(letter, email="b@example.org", name="Ben")
    hides = make.signature(letter, email="c@example.org", name="Cid", show=Show.FULL)
    first, export_id = carry_out(choice(letter))
    second, _ = carry_out(choice(letter))
    named = {one["email"]: one["reference"] for one in read(first)}
    assert named["a@example.org"] != read(second)[0]["reference"]
    assert gone.count(look(letter, export_id)) == 0
    with transaction():
        signatures.withdraw(leaves)
        signatures.hide(signature_queries.get(hides, to_change=True)[0])
        signatures.stop_mail(stays, ConsentPurpose.NEWS)
    export = look(letter, export_id)
    assert dict(gone.stream(export)) == {
        named["b@example.org"]: gone.SIGNATURE,
        named["c@example.org"]: gone.NAME,
        named["a@example.org"]: gone.CONSENT,
    }
    assert gone.count(export) == 3


def test_whoever_signed_sees_the_exports_that_carried_them_alone(letter: Letter) -> None:
    ref = make.signature(letter, country="SE")
    french = Choice(choice(letter).wanted.__class__(letter.id, country="FR"))
    carry_out(french)
    assert queries.list_with(letter.id, ref.signature_id) == []
    carry_out(choice(letter, columns=("name", "reference")))
    ((_at, told),) = queries.list_with(letter.id, ref.signature_id)
    assert told == ("name", "reference")


def test_erasing_a_letter_forgets_whom_its_exports_carried(
    letter: Letter, settings: Settings
) -> None:
    make.signature(letter)
    _, export_id = carry_out(choice(letter))
    retaining.erase(letter, by=make.OPERATOR)
    assert db.session.scalars(select(Exported.signature_id)).all() == []
    assert look(letter, export_id).carried == 1


def test_after_24_months_nobody_knows_who_was_in_it(letter: Letter) -> None:
    make.signature(letter)
    _, export_id = carry_out(choice(letter))
    with transaction():
        assert retention.delete_old() == 0
        look(letter, export_id).asked_at = clock.now() - retention.KEPT - timedelta(days=1)
    deleted: list[int] = []
    while not deleted or deleted[-1]:
        with transaction():
            deleted.append(retention.delete_old())
    assert db.session.scalars(select(Exported.signature_id)).all() == []
    assert queries.list_page(letter.id, limit=9) == []


def test_what_a_dead_process_left_on_the_disk_is_swept_out(tmp_path: Path) -> None:
    folder = tmp_path / f"{carrying.FOLDER}x"
    folder.mkdir()
    (folder / "sheet.xlsx").write_text("names")
    assert carrying.sweep(tmp_path) == 0
    for one in (folder / "sheet.xlsx", folder):
        os.utime(one, (0, 0))
    assert carrying.sweep(tmp_path) == 1
    assert not folder.exists()
