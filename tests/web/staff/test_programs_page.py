"""The owner's page about programs of the campaign's own."""

from __future__ import annotations

import io
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from signing.audit import Verb
from signing.partners import tokens
from signing.partners.models import OF_LETTER, Scope
from signing.web.staff.audit import verbs
from signing.web.staff.partners.programs_forms import OWN_SCOPES, SCOPES
from tests import make, staff

IMPORTS = "/api/v1/letters/open-roads/imports"
AT = "/staff/letters/open-roads/programs"
WHAT = {"name": "Office screen", "scopes": ["names:read", "partners:read"], "days": "30"}


def test_a_token_is_shown_once_opens_what_was_chosen_and_is_taken_back(
    app: Flask, client: FlaskClient
) -> None:
    letter, owner = make.letter(), staff.browser(app, staff.member())
    assert AT in owner.get("/staff/letters/open-roads/partners").text  # the desk leads there
    shown = owner.post(AT, **WHAT)
    (plain,) = set(re.findall(r"sgn_[\w-]{43}", shown.text))
    page = owner.get(AT).text
    assert "sgn_" not in page
    assert "Office screen" in page
    assert "By Ada Quist." in page
    head = {"Authorization": f"Bearer {plain}"}
    assert client.get("/api/v1/letters/open-roads/names", headers=head).status_code == 200
    assert client.get("/api/v1/letters/open-roads/signatures", headers=head).status_code == 403
    (made,) = tokens.list_all(letter.id, None)
    for _twice in range(2):
        answer = owner.post(f"{AT}/{made.id}/revoke")
        assert answer.headers["Location"] == f"{AT}?done=1"
    assert client.get("/api/v1/letters/open-roads/names", headers=head).status_code == 401
    assert "Revoked on" in owner.get(AT).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(app: Flask) -> None:
    letter, owner = make.letter(), staff.browser(app, staff.member())
    wrongs: tuple[dict[str, Any], ...] = (
        {"name": " "},
        {"name": "x" * 61},
        {"scopes": []},
        {"scopes": ["signatures:write"]},
    )
    for wrong in wrongs:
        answer = owner.post(AT, **(WHAT | wrong))
        assert answer.status_code == 422, wrong
        assert 'href="#' in answer.text  # the summary leads to the field
    assert "Office screen" in owner.post(AT, **(WHAT | {"scopes": []})).text
    for _each in range(tokens.MOST):
        assert owner.post(AT, **WHAT).status_code == 200
    answer = owner.post(AT, **WHAT)
    assert answer.status_code == 409
    assert "sgn_" not in answer.text
    assert len(tokens.list_all(letter.id, None)) == tokens.MOST


def test_a_partners_token_and_another_letters_are_not_taken_back_here(app: Flask) -> None:
    letter, owner = make.letter(), staff.browser(app, staff.member())
    partner = make.partner(letter)
    at = f"/staff/letters/open-roads/partners/{partner.id}/tokens"
    owner.post(at, name="CRM", scopes=["webhooks:write"], days="30")
    make.letter(slug="night-trains")
    owner.post("/staff/letters/night-trains/programs", **WHAT)
    (theirs,) = tokens.list_all(letter.id, partner.id)
    assert theirs.scopes == [Scope.SET_HOOKS.value]
    assert owner.post(f"{AT}/{theirs.id}/revoke").status_code == 404
    assert "Office screen" not in owner.get(AT).text


def test_the_history_calls_programs_by_their_names(app: Flask, client: FlaskClient) -> None:
    make.letter()
    owner = staff.browser(app, staff.member())
    page = owner.post(AT, **(WHAT | {"scopes": ["imports:write"]})).text
    (plain,) = set(re.findall(r"sgn_[\w-]{43}", page))
    sent = {"source": "openPetition", "file": (io.BytesIO(b"name\nBen Okri\n"), "list.csv")}
    head = {"Authorization": f"Bearer {plain}"}
    assert client.post(IMPORTS, data=sent, headers=head).status_code == 202
    staff.look_anew()
    history = owner.get("/staff/letters/open-roads/history").text
    said = verbs.VERBS[Verb.COLLECTION_BEGUN]
    assert re.search(rf"<bdi>Office screen</bdi></td>\s*<td>{said}</td>", history)


def test_each_scope_has_words() -> None:
    assert OWN_SCOPES.keys() == OF_LETTER
    assert {*SCOPES} | {*OWN_SCOPES} == set(Scope)
