"""A letter's own look: a small style sheet and its picture, each kept for ever by its name."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from signing.core.refusals import NotFound
from signing.letters import looks, pictures
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.web import headers

bp = Blueprint("looks", __name__)
KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}


@bp.app_context_processor
def _everywhere() -> dict[str, object]:
    return {"look_of": address}


def address(letter: Letter) -> str:
    """Where the letter's style sheet is; "" where it has none of its own."""
    digest = looks.digest(letter)
    return url_for("site.looks.style", slug=letter.slug, digest=digest) if digest else ""


@bp.get("/<slug:slug>/look/<digest>.css")
def style(slug: str, digest: str) -> ResponseReturnValue:
    """Drafts too, for their previews: nobody can guess a digest, and it tells a colour alone."""
    letter = letters.find_by_slug(slug)
    if letter is None or looks.digest(letter) != digest:
        raise NotFound
    return _keep(Response(looks.css(letter), content_type="text/css; charset=utf-8"))


@bp.get("/<slug:slug>/picture/<digest>/<name>")
def picture(slug: str, digest: str, name: str) -> ResponseReturnValue:
    letter = letters.find_by_slug(slug)
    kind = KINDS.get(name.rpartition(".")[2])
    content = pictures.find_file(letter.id, digest, name) if letter and kind else None
    if content is None:
        raise NotFound
    return _keep(Response(content, content_type=kind))


def _keep(response: Response) -> Response:
    """The address names the content."""
    headers.share(response, headers.A_YEAR, browser_seconds=headers.A_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={headers.A_YEAR}, immutable"
    return response
