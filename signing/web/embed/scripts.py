"""Our scripts for other people's pages: the newest, and every released one by its content.

What was released lies in `static/embed/released/`, named by its hash, and stays there for ever: a
partner who wrote its address and its hash into a page is never broken by an upgrade of ours.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from signing.core.refusals import NotFound
from signing.web import headers
from signing.web.embed.opening import compact, open_to_all
from signing.web.embed.squeezing import squeeze

bp = Blueprint("scripts", __name__, url_prefix="/embed")

FOLDER = Path(__file__).parents[1] / "static" / "embed"
RELEASED = FOLDER / "released"
NEWEST = ("v1", "v1-number", "v1-form")
NEWEST_SECONDS = 3600
HASH_CHARACTERS = 16


def hash_of(content: bytes) -> str:
    """What stands in the address of this content."""
    return hashlib.sha256(content).hexdigest()[:HASH_CHARACTERS]


def integrity_of(content: bytes) -> str:
    """What a page writes into `integrity` (W3C Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@cache
def newest(name: str) -> bytes:
    """The script as it is now."""
    return squeeze((FOLDER / f"{name}.js").read_text("utf-8")).encode()


@bp.get('/<any("v1", "v1-number", "v1-form"):name>.js')
def latest(name: str) -> ResponseReturnValue:
    """`<letter-counter>` is in `v1`, `<letter-form>` in `v1-form`; `v1-number` fills elements."""
    return _script(newest(name), NEWEST_SECONDS)


@bp.get('/<any("v1", "v1-number", "v1-form"):name>.<string(length=16):digest>.js')
def pinned(name: str, digest: str) -> ResponseReturnValue:
    """This very content, for as long as there is this house."""
    content = _pinned(name).get(digest)
    if content is None:
        raise NotFound
    response = _script(content, NEWEST_SECONDS)
    response.headers["Cache-Control"] = f"public, max-age={headers.A_YEAR}, immutable"
    return response


@bp.get("/integrity.json")
def integrity() -> ResponseReturnValue:
    """Address and hash of every script ever released; `latest` says which is the newest."""
    scripts = {
        name: {
            "latest": _address(name, hash_of(newest(name))),
            "released": {
                _address(name, digest): integrity_of(content)
                for digest, content in _pinned(name).items()
            },
        }
        for name in NEWEST
    }
    body = compact({"v": 1, "scripts": scripts})
    return open_to_all(
        Response(body, content_type="application/json; charset=utf-8"), NEWEST_SECONDS
    )


@bp.app_context_processor
def _everywhere() -> dict[str, object]:
    """For the staff's pages: other doors do not know this one."""
    return {
        "script_address": pinned_address,
        "script_integrity": lambda name: integrity_of(newest(name)),
    }


def pinned_address(name: str) -> str:
    """The path of the newest script by its content."""
    return _address(name, hash_of(newest(name)))


def _address(name: str, digest: str) -> str:
    return url_for("embed.scripts.pinned", name=name, digest=digest)


@cache
def _pinned(name: str) -> dict[str, bytes]:
    released = (file.read_bytes() for file in sorted(RELEASED.glob(f"{name}.*.js")))
    return {hash_of(content): content for content in (newest(name), *released)}


def _script(content: bytes, seconds: int) -> Response:
    return open_to_all(Response(content, content_type="text/javascript; charset=utf-8"), seconds)
