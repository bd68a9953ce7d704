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
from signing.web.api.access import Holder
from signing.web.api.answering import OPERATION, Operation
from signing.web.api.program_shapes import Invalid
from signing.web.api.shapes import LONGEST_SLUG, SLUG, Problem, Shape

bp = Blueprint("reference", __name__, url_prefix="/api/v1")

KEPT_SECONDS = 300
VERSION = "1"
SCHEMAS = "#/components/schemas/{model}"
ABOUT = (
    "Letters and their counts need no key; what programs of the campaign and of partners are told "
    "needs a token. People's data leaves to partners whom they agreed to, and else by exports "
    "alone. Keys may be added to answers; what is there keeps its meaning: whatever breaks that "
    "gets a new version beside this one."
)
REFUSALS = {
    "400": "The query, or the kind of body, is not what is described here.",
    "401": "The token is missing, over or revoked.",
    "403": "The token does not open this, or is another letter's or partner's.",
    "404": "There is none at this address.",
    "409": "Not now: it is done already, something else is to be done first, or there are enough.",
    "410": "The letter takes no signatures, or the data of its signers was erased.",
    "413": "The file is too large.",
    "422": "Fields are wrong: `errors` names each.",
    "429": "Too many requests from one network; `Retry-After` says how many seconds to wait.",
}
BEARER = {"type": "http", "scheme": "bearer"}
HOW = "Made by the campaign, shown once. Never put it into a web page."
TOKENS = {
    Holder.PARTNER.value: {**BEARER, "description": f"A partner's. {HOW}"},
    Holder.CAMPAIGN.value: {**BEARER, "description": f"Of the campaign's own programs. {HOW}"},
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
        "components": {"schemas": schemas["$defs"], "securitySchemes": TOKENS},
    }


def _paths(operations: dict[tuple[str, str], Operation]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), one in operations.items():
        paths.setdefault(path, {})[method] = _described(path, method, one)
    return paths


def _operations() -> Iterator[tuple[tuple[str, str], Operation]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        operation = getattr(current_app.view_functions[rule.endpoint], OPERATION, None)
        if isinstance(operation, Operation):
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            yield (re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule), method.lower()), operation


def _described(path: str, method: str, operation: Operation) -> dict[str, Any]:
    refused = {status: _refusal(status) for status in _list_refused(path, operation)}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_in_path(path), *_in_query(operation.query)],
        "responses": _good(method, operation) | refused,
    }
    if operation.scope:
        described["security"] = [{one.value: [operation.scope.value]} for one in operation.of]
    if operation.body:
        content = {operation.takes: {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _list_refused(path: str, operation: Operation) -> list[str]:
    possible = {
        "400": bool(operation.query.model_fields) or operation.body is not None,
        "401": operation.scope is not None,
        "403": operation.scope is not None,
        "404": "{" in path,
        "410": operation.scope is not None,
        "429": True,
    }
    statuses = {status for status, is_possible in possible.items() if is_possible}
    return sorted(statuses | {str(status) for status in operation.refuses})


def _good(method: str, operation: Operation) -> dict[str, Any]:
    if method != "get":
        return {str(operation.good): _answer(operation.shape)}
    unchanged = {"description": "Nothing has changed since the `ETag` in `If-None-Match`."}
    return {"200": _answer(operation.shape), "304": unchanged}


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        schema: dict[str, Any] = {"type": "string", "pattern": SLUG, "maxLength": LONGEST_SLUG}
        if name.endswith("_id"):
            schema = {"type": "string", "format": "uuid"}
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
