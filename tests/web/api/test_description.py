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
from signing.partners.programs import Scope
from tests import make

EXAMPLES = int(os.environ.get("SIGNING_API_EXAMPLES", "40"))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_is_as_described(app: Flask, mode: GenerationMode) -> None:
    """Status, content type, headers and shape of every answer, to good questions and to bad."""
    for slug in ("open-roads", "a", "0"):
        letter = make.letter(slug=slug)
    partner = make.partner(letter, "0")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 6
    with transaction():
        token = tokens.make(partner, "CRM", set(Scope), timedelta(days=1), by=make.OPERATOR)
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case[Any]) -> None:
            head = (
                {"Authorization": f"Bearer {token}"}
                if "security" in case.operation.definition.raw
                else {}
            )
            Context().run(case.call_and_validate, headers=head)

        ask()


def test_every_route_of_the_api_is_described(app: Flask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    assert described["openapi"].startswith("3.1")
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("api.letters.", "api.feeds.", "api.signatures."))
    }
    assert set(described["paths"]) == routes


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
