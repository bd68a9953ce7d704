"""How much one program may ask with its token: counted for the token, never for a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from signing import create_app
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.partners import tokens
from signing.partners.models import OF_PARTNER, Partner
from signing.web import walls
from tests import make
from tests.conftest import let_go
from tests.programs.asking import asking

AT = "/api/v1/letters/open-roads"
MOST = 4


@dataclass(frozen=True)
class Program:
    """A partner's server."""

    client: FlaskClient
    token: str
    network: str = "192.0.2.7"

    def ask(self, path: str, **more: Any) -> TestResponse:
        given = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self.client.open(
            AT + path, headers=given, environ_base={"REMOTE_ADDR": self.network}, **more
        )


def _token(partner: Partner) -> str:
    with transaction():
        return tokens.make(partner, "CRM", OF_PARTNER, tokens.LONGEST, by=make.OPERATOR)


@pytest.mark.usefixtures("app")
def test_a_flood_through_one_token_is_slowed_and_others_are_not(settings: Settings) -> None:
    letter = make.letter()
    partner = asking(letter)
    flooding, calm = _token(partner), _token(partner)
    made = create_app(settings.model_copy(update={"token_a_minute": MOST, "token_a_day": 50}))
    program = Program(made.test_client(), flooding)
    paths = ["/form", "/partners/green-web/signatures"] * MOST
    answers = [program.ask(path) for path in paths]
    assert [one.status_code for one in answers] == [200] * MOST + [429] * MOST
    assert answers[0].headers["X-RateLimit-Limit"] == str(MOST)
    assert answers[-1].content_type == "application/problem+json"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    signed = program.ask("/signatures", method="POST", json={})
    assert signed.status_code == 429

    elsewhere = Program(made.test_client(), flooding, "198.51.100.9")
    assert elsewhere.ask("/form").status_code == 429  # it is the token that is counted
    assert Program(made.test_client(), calm).ask("/form").status_code == 200
    visitor = made.test_client().get(AT, environ_base={"REMOTE_ADDR": program.network})
    assert visitor.status_code == 200
    let_go(made)


@pytest.mark.usefixtures("app")
def test_made_up_tokens_are_counted_for_their_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walls.WALLS, "api.signatures.get_form", "3 per minute")
    asking(make.letter())
    made = create_app(settings)
    client = made.test_client()
    answers = [Program(client, f"sgn_{number}").ask("/form").status_code for number in range(4)]
    assert answers == [401, 401, 401, 429]
    let_go(made)


def test_there_is_no_field_for_a_visitors_network(client: FlaskClient) -> None:
    program = Program(client, _token(asking(make.letter())))
    for field in ("ip", "address", "network", "user_agent"):
        answer = program.ask("/signatures", method="POST", json={field: "192.0.2.1"})
        assert field in [one["field"] for one in answer.get_json()["errors"]]
