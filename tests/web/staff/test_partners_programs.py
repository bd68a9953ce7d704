"""The owner's page about a partner's newsletter, tokens and webhooks."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.core.db import db
from signing.exports import allowance
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import hooks, tokens
from signing.partners.models import HookState, Partner
from signing.programs import newsletters
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.programs.asking import agreeing


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def partner(letter: Letter) -> Partner:
    return make.partner(letter)


@pytest.fixture
def owner(app: Flask) -> staff.Browser:
    return staff.browser(app, staff.member())


def at(partner: Partner, part: str = "programs") -> str:
    return f"/staff/letters/open-roads/partners/{partner.id}/{part}"


def test_sentences_are_saved_once_the_letter_allows_it(
    letter: Letter, partner: Partner, owner: staff.Browser
) -> None:
    sentence = {"text-en": "=Green Web may mail me.", "text-fr": ""}
    refused = owner.post(at(partner, "newsletter"), **sentence)
    assert refused.status_code == 409
    assert "=Green Web may mail me." in refused.text
    assert owner.post(at(partner, "newsletter/limit"), most="many").status_code == 422
    assert owner.post(at(partner, "newsletter/limit"), most="1").status_code == 303
    assert owner.post(at(partner, "newsletter"), **{"text-en": "x" * 301}).status_code == 422
    assert owner.post(at(partner, "newsletter"), **sentence).status_code == 303
    assert newsletters.list_texts(letter.id, partner.id) == {"en": "=Green Web may mail me."}
    page = owner.get(at(partner)).text
    assert "=Green Web may mail me." in page
    agreeing(letters.get(letter.id), partner, name="=1+1")
    rows = owner.post(at(partner, "programs/list")).text
    assert "'=1+1,zoe@example.org,en" in rows


def test_a_long_list_is_not_for_one_person_alone(
    letter: Letter, partner: Partner, owner: staff.Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ALONE", 1)
    owner.post(at(partner, "newsletter/limit"), most="1")
    owner.post(at(partner, "newsletter"), **{"text-en": "Green Web may mail me."})
    agreeing(letters.get(letter.id), partner)
    assert owner.post(at(partner, "programs/list")).status_code == 200
    refused = owner.post(at(partner, "programs/list"))
    assert refused.status_code == 409
    assert "The partner fetches its list itself" in refused.text
    taken = select(AuditEvent.details).where(AuditEvent.verb == Verb.PARTNER_LIST_EXPORTED)
    (details,) = db.session.scalars(taken)
    assert details["number"] == 1


def test_a_token_is_shown_once(letter: Letter, partner: Partner, owner: staff.Browser) -> None:
    asked = {"name": "CRM", "scopes": "signatures:read", "days": "30"}
    assert owner.post(at(partner, "tokens"), **(asked | {"scopes": ""})).status_code == 422
    made = owner.post(at(partner, "tokens"), **asked)
    (plain,) = re.findall(r"sgn_[\w-]{43}", made.text)
    kept = tokens.find(plain)
    assert kept is not None
    assert plain not in owner.get(at(partner)).text
    assert owner.post(at(partner, f"tokens/{kept.id}/revoke")).status_code == 303
    db.session.expire_all()
    assert tokens.find(plain) is None
    assert "Revoked" in owner.get(at(partner)).text


def test_a_webhook_is_added_switched_and_removed(
    letter: Letter, partner: Partner, owner: staff.Browser
) -> None:
    assert owner.post(at(partner, "webhooks"), url="https://127.0.0.1/").status_code == 422
    added = owner.post(at(partner, "webhooks"), url="https://green.example/hook")
    assert "whsec_" in added.text
    (hook,) = hooks.list_all(letter.id, partner.id)
    here = f"webhooks/{hook.id}"
    assert owner.post(at(partner, f"{here}/switch/off")).status_code == 303
    assert hooks.get(letter.id, hook.id).state == HookState.OFF
    assert "Switch on" in owner.get(at(partner)).text
    assert "whsec_" in owner.post(at(partner, f"{here}/secret")).text
    assert owner.post(at(partner, f"{here}/replay")).status_code == 303
    other = make.partner(letter, "red-web")
    assert owner.post(at(other, f"{here}/remove")).status_code == 404
    assert owner.post(at(partner, f"{here}/remove")).status_code == 303
    assert hooks.list_all(letter.id, partner.id) == []


def test_a_source_of_ones_own_has_no_programs(letter: Letter, owner: staff.Browser) -> None:
    assert owner.get(at(make.source(letter))).status_code == 404


def test_an_editor_does_not_get_there(app: Flask, partner: Partner) -> None:
    editor = staff.browser(app, staff.member(held=[Held(Role.EDITOR)], has_app=False))
    assert editor.get(at(partner)).status_code == 403
    assert "programs" not in editor.get(at(partner, "")[:-1]).text
