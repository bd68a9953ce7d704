"""Answers that describe themselves: one declaration makes the JSON and its part of OpenAPI."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

from flask import Response, request
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from signing.core.refusals import Refusal
from signing.partners.programs import Scope
from signing.web.api.shapes import Nothing, Shape
from signing.web.headers import COUNT_SECONDS

S = TypeVar("S", bound=Shape)
READABLE = "ETag, Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
OPERATION = "signing_operation"


class BadQuery(Refusal):
    """What stands behind the question mark is not what the description says."""

    status = 400
    message = _l("This cannot be done.")


@dataclass(frozen=True, slots=True)
class Answer(Generic[S]):
    """What an operation gives back; `next` becomes a Link header too."""

    shape: S
    next: str | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """What the description says of one route."""

    name: str
    summary: str
    shape: type[Shape]
    query: type[Shape]
    scope: Scope | None = None  # what a token has to open; None: no token is asked for
    body: type[Shape] | None = None


def answers(
    shape: type[S],
    query: type[Shape] = Nothing,
    *,
    scope: Scope | None = None,
    body: type[Shape] | None = None,
) -> Callable[[Callable[..., Answer[S]]], Callable[..., Response]]:
    """The view takes its path's values and `query`, and gives an `Answer` of this shape.

    What is behind a token is kept by nobody. A `body` the view reads itself, once it knows that
    the token is good.
    """

    def declare(view: Callable[..., Answer[S]]) -> Callable[..., Response]:
        @wraps(view)
        def answering(**path: Any) -> Response:
            return _respond(view(query=_read(query), **path), is_private=scope is not None)

        operation = Operation(view.__name__, inspect.getdoc(view) or "", shape, query, scope, body)
        setattr(answering, OPERATION, operation)
        return answering

    return declare


def _read(query: type[Shape]) -> Shape:
    asked = request.args
    wanted = {name: asked.getlist(name) for name in query.model_fields if name in asked}
    if any(len(values) > 1 for values in wanted.values()):
        raise BadQuery
    try:
        return query.model_validate({name: values[0] for name, values in wanted.items()})
    except ValidationError:
        raise BadQuery from None


def _respond(answer: Answer[S], *, is_private: bool) -> Response:
    """For whoever asked alone: how much of their limit is left stands in its headers."""
    response = Response(answer.shape.model_dump_json(), content_type="application/json")
    response.status_code = answer.status
    kept = "no-store" if is_private else f"private, max-age={COUNT_SECONDS}"
    response.headers["Cache-Control"] = kept
    response.headers["Access-Control-Expose-Headers"] = READABLE
    if answer.next:
        response.headers["Link"] = f'<{answer.next}>; rel="next"'
    if request.method == "GET":
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
        response.make_conditional(request)
    return response
