"""Our scripts: small, at addresses that never break, with hashes that say what they are."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from signing.web.embed import scripts
from signing.web.embed.squeezing import squeeze
from tests import make

BUDGETS = {"v1": (2048, 4096), "v1-number": (512, 1024), "v1-form": (1536, 4096)}


@pytest.mark.parametrize("name", scripts.NEWEST)
def test_what_is_served_keeps_its_budget(client: FlaskClient, name: str) -> None:
    served = client.get(f"/embed/{name}.js").data
    compressed, raw = BUDGETS[name]
    assert len(gzip.compress(served, 6)) <= compressed
    assert len(served) <= raw


@pytest.mark.parametrize("name", scripts.NEWEST)
def test_what_is_served_is_kept_for_ever(name: str) -> None:
    """Whoever changes a script adds what it is now; what lies there already is never changed."""
    content = scripts.newest(name)
    file = scripts.RELEASED / f"{name}.{scripts.hash_of(content)}.js"
    assert file.exists(), (
        "Before this is released: .venv/bin/python -c "
        '"from signing.web.embed import scripts as s; '
        f"(s.RELEASED / '{file.name}').write_bytes(s.newest('{name}'))\""
    )


@pytest.mark.parametrize("file", sorted(scripts.RELEASED.iterdir()), ids=lambda file: file.name)
def test_what_was_released_is_what_its_name_says(client: FlaskClient, file: Path) -> None:
    name, digest, _js = file.name.split(".")
    assert scripts.hash_of(file.read_bytes()) == digest
    answer = client.get(f"/embed/{name}.{digest}.js")
    assert answer.data == file.read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.content_type.startswith("text/javascript")


def test_the_list_of_hashes_is_true(client: FlaskClient) -> None:
    listed = client.get("/embed/integrity.json").get_json()
    assert listed["v"] == 1
    assert set(listed["scripts"]) == set(scripts.NEWEST)
    for name, script in listed["scripts"].items():
        assert script["latest"] in script["released"]
        assert client.get(script["latest"]).data == client.get(f"/embed/{name}.js").data
        for address, integrity in script["released"].items():
            digest = hashlib.sha384(client.get(address).data).digest()
            assert integrity == "sha384-" + base64.b64encode(digest).decode()


def test_what_was_never_released_is_404(client: FlaskClient) -> None:
    make.letter()
    for path in ("v1.0000000000000000.js", "v1.js.map", "v2.js", "v1-number.abc.js", "v1..js"):
        assert client.get(f"/embed/{path}").status_code == 404


def test_squeezing_keeps_strings_patterns_and_words_apart() -> None:
    source = (
        '/* head */\n{\n\tconst a = "x  =  y"; // why\n'
        "\tif (/^a  b/.test(a)) return `c  ${ a }`;\n}\n"
    )
    squeezed = squeeze(source)
    assert squeezed.startswith("/* head */\n{")
    for kept in ('"x  =  y"', "/^a  b/", "`c  ${ a }`", "return `c"):
        assert kept in squeezed
    assert "why" not in squeezed
