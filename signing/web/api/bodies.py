"""What a program sends, read as it is described, and the answer that names what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from flask import Response, jsonify, request
from flask_babel import LazyString
from pydantic import ValidationError

from signing.core.refusals import Refusal
from signing.web import errors
from signing.web.api.answering import JSON, MULTIPART, BadQuery
from signing.web.api.shapes import Shape

S = TypeVar("S", bound=Shape)
Mistakes = Mapping[str, LazyString | str]


class Wrong(Refusal):
    """Some fields cannot be taken."""

    status = 422

    def __init__(self, mistakes: Mistakes) -> None:
        super().__init__()
        self.mistakes = mistakes


def refuse(wrong: Wrong) -> Response:
    """Problem details that name each field."""
    told = [{"field": field, "message": str(said)} for field, said in wrong.mistakes.items()]
    response = errors.answer(wrong.status, str(wrong))
    named = jsonify(status=wrong.status, title=str(wrong), errors=told)
    response.set_data(named.get_data())
    return response


def read_json(shape: type[S]) -> S:
    """Raises `BadQuery` for what is no JSON, `Wrong` for what is none of this shape."""
    if request.mimetype != JSON:
        raise BadQuery
    try:
        return shape.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Wrong(dict(_named(error))) from None


def read_form(shape: type[S]) -> S:
    """The fields of a form with a file, each once at most; raises as `read_json` does."""
    if request.mimetype != MULTIPART:
        raise BadQuery
    sent: dict[str, Any] = {}
    for name, values in request.form.lists():
        if len(values) > 1:
            raise BadQuery
        sent[name] = values[0]
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        raise Wrong(dict(_named(error))) from None


def _named(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each field once; what was typed is not repeated."""
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        yield ".".join(map(str, one["loc"])) or "body", one["msg"]
