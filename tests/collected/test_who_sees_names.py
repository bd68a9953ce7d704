"""Who reads the people of lists and sheets: as with signatures, and it is written down."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.collected import queries
from signing.core.db import db
from signing.core.settings import Settings
from signing.letters.models import Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.collected import elsewhere
from tests.collected.elsewhere import COLUMNS, PLACE, WITH_BASIS, bring_in, listing

SHEETS = {"source": "Market square", "code": "", "basis": "", "wording": ""}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


def browser(app: Flask, letter: Letter, role: Role) -> staff.Browser:
    has_app = role is not Role.EDITOR
    who = staff.member(f"{role}@example.org", [Held(role, letter.id)], has_app=has_app)
    return staff.browser(app, who)


def noted(*verbs: Verb) -> list[tuple[str, str]]:
    staff.look_anew()
    wanted = select(AuditEvent.verb, AuditEvent.actor_id).where(AuditEvent.verb.in_(verbs))
    return [(verb, by) for verb, by in db.session.execute(wanted.order_by(AuditEvent.id))]


def test_an_editor_reads_nobody_of_a_list(app: Flask, letter: Letter, settings: Settings) -> None:
    owner, editor = browser(app, letter, Role.OWNER), browser(app, letter, Role.EDITOR)
    id_ = bring_in(owner, settings, listing(120), **WITH_BASIS)
    for is_counted in (False, True):
        if is_counted:
            owner.post(f"{PLACE}/{id_}/count")
        page = editor.get(f"{PLACE}/{id_}")
        assert page.status_code == 200
        assert "Ada Quist" not in page.text
        assert "@example.org" not in page.text
        assert "/people" not in page.text  # no button that leads nowhere
    assert editor.get(f"{PLACE}/{id_}/people").status_code == 403
    assert editor.post(f"{PLACE}/find", email="ada3@example.org").status_code == 403
    assert f"{PLACE}/find" not in editor.get(PLACE).text
    assert noted(Verb.COLLECTED_OPENED, Verb.COLLECTED_SEARCHED) == []


def test_moderators_read_names_and_outlines_of_addresses_and_it_is_written_down(
    app: Flask, letter: Letter, settings: Settings
) -> None:
    owner, moderator = browser(app, letter, Role.OWNER), browser(app, letter, Role.MODERATOR)
    id_ = bring_in(owner, settings, listing(3), **WITH_BASIS)
    owner.post(f"{PLACE}/{id_}/count")
    for page in (
        moderator.get(f"{PLACE}/{id_}/people"),
        moderator.post(f"{PLACE}/find", email="ada1@example.org"),
    ):
        assert "Ada Quist 1" in page.text
        assert "a…@example.org" in page.text
        assert "ada1@example.org</bdi>" not in page.text
    by = [who for _verb, who in noted(Verb.COLLECTED_OPENED, Verb.COLLECTED_SEARCHED)]
    assert [verb for verb, _who in noted(Verb.COLLECTED_OPENED, Verb.COLLECTED_SEARCHED)] == [
        Verb.COLLECTED_OPENED, Verb.COLLECTED_SEARCHED,
    ]  # fmt: skip
    assert len(set(by)) == 1
    assert "ada1@" not in owner.get(f"{PLACE}/{id_}/people").text  # whole in the file alone
    assert "example.org" not in repr(
        [one.details for one in db.session.scalars(select(AuditEvent)).all()]
    )


def test_exporters_read_them_too_and_delete_nobody(
    app: Flask, letter: Letter, settings: Settings
) -> None:
    owner, exporter = browser(app, letter, Role.OWNER), browser(app, letter, Role.EXPORTER)
    id_ = bring_in(owner, settings, listing(1), **WITH_BASIS)
    owner.post(f"{PLACE}/{id_}/count")
    page = exporter.get(f"{PLACE}/{id_}/people")
    assert "a…@example.org" in page.text
    assert "/remove" not in page.text
    assert "/remove" in owner.get(f"{PLACE}/{id_}/people").text


def test_a_second_page_of_names_is_written_down_as_well(
    app: Flask, letter: Letter, settings: Settings
) -> None:
    owner = browser(app, letter, Role.OWNER)
    id_ = bring_in(owner, settings, listing(60), **WITH_BASIS)
    newest = queries.list_rows(letter.id, id_, limit=50)
    names = owner.get(f"{PLACE}/{id_}/people?after={newest[-1].id.hex}")
    assert names.text.count('scope="row"') == 10
    assert len(noted(Verb.COLLECTED_OPENED)) == 1


def test_an_editor_types_sheets_in_and_takes_back_own_lines_and_sees_no_others(
    app: Flask, letter: Letter
) -> None:
    owner, editor = browser(app, letter, Role.OWNER), browser(app, letter, Role.EDITOR)
    id_ = elsewhere.id_of(editor.post(f"{PLACE}/paper", **SHEETS))
    owner.post(f"{PLACE}/{id_}/enter", sheet="1", name="Bea Other", city="Ulm")
    editor.post(f"{PLACE}/{id_}/enter", sheet="1", name="Zoë Mine", city="Ulm")
    page = editor.get(f"{PLACE}/{id_}/enter").text
    assert "Zoë Mine" in page
    assert "Bea Other" not in page
    assert "Mine" not in editor.get(f"{PLACE}/{id_}").text
    (mine,) = (
        one for one in queries.list_rows(letter.id, id_, limit=9) if "Mine" in one.person.name
    )
    editor.post(f"{PLACE}/{id_}/rows/{mine.id}/remove", back="enter")
    assert elsewhere.get(letter, id_).number == 1
    assert "Bea Other" in owner.get(f"{PLACE}/{id_}/people").text


def test_typing_an_address_that_counts_already_is_written_down(app: Flask, letter: Letter) -> None:
    make.signature(letter, email="zoe@example.org")
    editor = browser(app, letter, Role.EDITOR)
    id_ = elsewhere.id_of(editor.post(f"{PLACE}/paper", **{**SHEETS, **WITH_BASIS}))
    assert (
        editor.post(f"{PLACE}/{id_}/enter", name="Zoë", email="zoe@example.org").status_code == 422
    )
    assert len(noted(Verb.COLLECTED_KNOWN)) == 1


def test_the_first_rows_of_a_file_are_for_whoever_brought_it(app: Flask, letter: Letter) -> None:
    owner, editor = browser(app, letter, Role.OWNER), browser(app, letter, Role.EDITOR)
    id_ = elsewhere.id_of(elsewhere.upload(owner, listing(3), **WITH_BASIS))
    columns = f"{PLACE}/{id_}/columns"
    refused = editor.get(columns)
    assert refused.status_code == 403
    assert "brought this list" in staff.words(refused)
    assert editor.post(columns, **COLUMNS).status_code == 403
    assert "/columns" not in editor.get(f"{PLACE}/{id_}").text
    assert "ada1@example.org" in owner.get(columns).text
    assert noted(Verb.COLLECTED_OPENED) == []
    seen = browser(app, letter, Role.MODERATOR).get(columns).text
    assert "Ada Quist 1" in seen
    assert "a…@example.org" in seen
    assert "ada1@" not in seen
    assert len(noted(Verb.COLLECTED_OPENED)) == 1
    own = elsewhere.id_of(elsewhere.upload(editor, listing(3), **WITH_BASIS))
    assert "ada1@example.org" in editor.get(f"{PLACE}/{own}/columns").text
