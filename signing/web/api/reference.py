"""The description of the API: OpenAPI 3.1 for programs, a page for people, from what answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from pydantic.json_schema import models_json_schema

from signing.core.settings import Settings
from signing.web import headers
from signing.web.api.answering import OPERATION, Operation
from signing.web.api.program_shapes import Invalid
from signing.web.api.shapes import LONGEST_SLUG, SLUG, Problem, Shape

bp = Blueprint("reference", __name__, url_prefix="/api/v1")

KEPT_SECONDS = 300
VERSION = "1"
SCHEMAS = "#/components/schemas/{model}"
ABOUT = (
    "Letters and their counts need no key; what a partner's program is told needs a token. Keys "
    "may be added to answers; what is there keeps its meaning: whatever breaks that gets a new "
    "version beside this one."
)
REFUSALS = {
    "400": "The query is not what is described here.",
    "401": "The token is missing, over or revoked.",
    "403": "The token does not open this, or is another letter's or partner's.",
    "404": "There is no such letter.",
    "410": "The letter takes no signatures.",
    "422": "Fields are wrong: `errors` names each.",
    "429": "Too many requests from one network; `Retry-After` says how many seconds to wait.",
}
TOKEN = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Made by the campaign, shown once. Never put it into a web page.",
    }
}
LIMIT_HEADERS = {
    "X-RateLimit-Limit": "how many requests a network may make in a while",
    "X-RateLimit-Remaining": "how many of them are left",
    "X-RateLimit-Reset": "when the while is over, in seconds since 1970",
}


@bp.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """OpenAPI 3.1."""
    body = json.dumps(document(), ensure_ascii=False)
    response = Response(body, content_type="application/json; charset=utf-8")
    return headers.share(response, KEPT_SECONDS, browser_seconds=KEPT_SECONDS)


@bp.get("/")
def page() -> ResponseReturnValue:
    """The same to be read. In English, as the rest of what developers get (docs/)."""
    settings: Settings = current_app.extensions["signing.settings"]
    rendered = render_template("api/reference.html", site=settings.site_name, api=document())
    response = make_response(rendered)
    return headers.share(response, KEPT_SECONDS, browser_seconds=KEPT_SECONDS)


def document() -> dict[str, Any]:
    """The description, from the routes that answer and the shapes that they answer in."""
    settings: Settings = current_app.extensions["signing.settings"]
    operations = dict(_operations())
    used: set[type[Shape]] = {Problem, Invalid, *(one.shape for one in operations.values())}
    shapes = sorted(used, key=lambda shape: shape.__name__)
    bodies = [one.body for one in operations.values() if one.body]
    _each, schemas = models_json_schema(
        [(shape, "serialization") for shape in shapes] + [(body, "validation") for body in bodies],
        ref_template=SCHEMAS,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": settings.site_name, "version": VERSION, "description": ABOUT},
        "servers": [{"url": settings.base_url}],
        "paths": _paths(operations),
        "components": {"schemas": schemas["$defs"], "securitySchemes": TOKEN},
    }


def _paths(operations: dict[tuple[str, str], Operation]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), one in operations.items():
        paths.setdefault(path, {})[method] = _described(path, one)
    return paths


def _operations() -> Iterator[tuple[tuple[str, str], Operation]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        operation = getattr(current_app.view_functions[rule.endpoint], OPERATION, None)
        if isinstance(operation, Operation):
            method = "post" if operation.body else "get"
            yield (re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule), method), operation


def _described(path: str, operation: Operation) -> dict[str, Any]:
    parameters = [*_in_path(path), *_in_query(operation.query)]
    statuses = [
        status
        for status, is_possible in (
            ("400", bool(operation.query.model_fields) or operation.body is not None),
            ("401", operation.scope is not None),
            ("403", operation.scope is not None),
            ("404", "{" in path),
            ("410", operation.body is not None),
            ("422", operation.body is not None),
            ("429", True),
        )
        if is_possible
    ]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": _good(operation) | {status: _refusal(status) for status in statuses},
    }
    if operation.scope:
        described["security"] = [{"token": [operation.scope.value]}]
    if operation.body:
        content = {"application/json": {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _good(operation: Operation) -> dict[str, Any]:
    if operation.body:
        return {"202": _answer(operation.shape)}
    unchanged = {"description": "Nothing has changed since the `ETag` in `If-None-Match`."}
    return {"200": _answer(operation.shape), "304": unchanged}


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        schema = {"type": "string", "pattern": SLUG, "maxLength": LONGEST_SLUG}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(query: type[Shape]) -> Iterator[dict[str, Any]]:
    for name, schema in query.model_json_schema().get("properties", {}).items():
        for one in schema.pop("anyOf", ()):  # in a query, null is to say nothing
            schema.update(one if one != {"type": "null"} else {})
        about = schema.pop("description", "")
        schema.pop("title", None)
        if schema.get("default", "") is None:
            del schema["default"]
        yield {"name": name, "in": "query", "description": about, "schema": schema}


def _answer(shape: type[Shape]) -> dict[str, Any]:
    told = {
        name: {"description": about, "schema": {"type": "integer"}}
        for name, about in LIMIT_HEADERS.items()
    }
    return {
        "description": (shape.__doc__ or "").partition("\n")[0],
        "headers": {"ETag": {"schema": {"type": "string"}}} | told,
        "content": {"application/json": {"schema": _reference(shape)}},
    }


def _refusal(status: str) -> dict[str, Any]:
    return {
        "description": REFUSALS[status],
        "content": {
            "application/problem+json": {
                "schema": _reference(Invalid if status == "422" else Problem)
            }
        },
    }


def _reference(shape: type[Shape]) -> dict[str, str]:
    return {"$ref": SCHEMAS.format(model=shape.__name__)}
