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
from signing.partners.models import Scope
from signing.web.api.access import Holder
from signing.web.api.shapes import Nothing, Shape
from signing.web.headers import COUNT_SECONDS

S = TypeVar("S", bound=Shape)
READABLE = "ETag, Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
OPERATION = "signing_operation"
JSON, MULTIPART = "application/json", "multipart/form-data"


class BadQuery(Refusal):
    """What stands behind the question mark is not what the description says."""

    status = 400
    message = _l("This cannot be done.")


@dataclass(frozen=True, slots=True)
class Answer(Generic[S]):
    """What an operation gives back; `next` becomes a Link header too."""

    shape: S
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What the description says of one route."""

    name: str
    summary: str
    shape: type[Shape]
    query: type[Shape]
    scope: Scope | None = None  # what a token has to open; None: no token is asked for
    of: tuple[Holder, ...] = (Holder.PARTNER,)  # whose token that is
    body: type[Shape] | None = None
    takes: str = JSON  # the media type of the body
    good: int = 200
    refuses: tuple[int, ...] = ()  # beside what every operation of its kind refuses


def answers(
    shape: type[S],
    query: type[Shape] = Nothing,
    *,
    scope: Scope | None = None,
    good: int = 200,
    **more: Any,
) -> Callable[[Callable[..., Answer[S]]], Callable[..., Response]]:
    """The view takes its path's values and `query`, and gives an `Answer` of this shape.

    What is behind a token is kept by nobody. A `body` the view reads itself, once it knows that
    the token is good. `more` is what else an `Operation` says.
    """

    def declare(view: Callable[..., Answer[S]]) -> Callable[..., Response]:
        @wraps(view)
        def answering(**path: Any) -> Response:
            answer = view(query=_read(query), **path)
            return _respond(answer, good, is_private=scope is not None)

        told = inspect.getdoc(view) or ""
        operation = Operation(view.__name__, told, shape, query, scope, good=good, **more)
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


def _respond(answer: Answer[S], status: int, *, is_private: bool) -> Response:
    """For whoever asked alone: how much of their limit is left stands in its headers."""
    response = Response(answer.shape.model_dump_json(), content_type="application/json")
    response.status_code = status
    kept = "no-store" if is_private else f"private, max-age={COUNT_SECONDS}"
    response.headers["Cache-Control"] = kept
    response.headers["Access-Control-Expose-Headers"] = READABLE
    if answer.next:
        response.headers["Link"] = f'<{answer.next}>; rel="next"'
    if request.method == "GET":
        response.set_etag(_etag(answer), weak=is_private)
        response.make_conditional(request)
    return response


def _etag(answer: Answer[S]) -> str:
    """Of what it says: the cursor of a next page may be spelled in many ways (see `cursors`)."""
    said = answer.shape.model_dump_json(exclude={"next"}) + str(answer.next is not None)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
