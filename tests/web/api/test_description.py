"""The API does what its description says, and the description is made of what it does."""

from __future__ import annotations

import os
import re
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from signing.core.db import transaction
from signing.partners import tokens
from signing.partners.models import OF_LETTER, OF_PARTNER
from tests import make

EXAMPLES = int(os.environ.get("SIGNING_API_EXAMPLES", "15"))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_is_as_described(app: Flask, mode: GenerationMode) -> None:
    """Status, content type, headers and shape of every answer, to good questions and to bad."""
    for slug in ("open-roads", "a", "0"):
        letter = make.letter(slug=slug)
    partner = make.partner(letter, "0")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 18
    a_day, by = timedelta(days=1), make.OPERATOR
    with transaction():
        shown = {
            "token": tokens.make(partner, "CRM", OF_PARTNER, a_day, by=by),
            "campaign_token": tokens.make_for_letter(letter.id, "CRM", OF_LETTER, a_day, by=by),
        }
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case[Any]) -> None:
            asked = case.operation.definition.raw.get("security", [])
            head = {"Authorization": f"Bearer {shown[min(asked[0])]}"} if asked else {}
            Context().run(case.call_and_validate, headers=head)

        ask()


def test_every_route_of_the_api_is_described(app: Flask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    assert described["openapi"].startswith("3.1")
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/l")
    }
    assert set(described["paths"]) == routes
    assert not [name for name in described["components"]["schemas"] if "__" in name]


def test_the_page_for_people_has_all_of_it_and_no_script(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    page = client.get("/api/v1/").text
    assert "<script" not in page
    for path in described["paths"]:
        for method in described["paths"][path]:
            assert f"<code>{method.upper()} {path}</code>" in page
    for name, shape in described["components"]["schemas"].items():
        assert f'id="{name}"' in page
        for key in shape.get("properties", {}):
            assert f"<code>{key}</code>" in page
    targets = re.findall(r'href="#(\w+)"', page)
    assert targets
    assert all(f'id="{one}"' in page for one in targets)
