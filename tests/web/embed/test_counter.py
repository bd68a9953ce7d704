"""The count in every form that partner sites show."""

from __future__ import annotations

from datetime import datetime

from flask.testing import FlaskClient

from signing.signatures.models import Show
from tests import make


def test_the_json_has_the_promised_shape_and_size(client: FlaskClient) -> None:
    letter = make.letter(goal=5000)
    make.signature(letter, locale="fr")
    answer = client.get("/embed/open-roads/fr.json")

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.data) <= 512
    data = answer.get_json()
    assert list(data) == ["v", "letter", "locale", "dir", "count", "goal", "count_text",
                          "sentence", "call", "url", "as_of"]  # fmt: skip
    assert (data["v"], data["letter"], data["locale"], data["dir"]) == (
        1,
        "open-roads",
        "fr",
        "ltr",
    )
    assert (data["count"], data["goal"], data["count_text"]) == (1, 5000, "1")
    assert data["url"] == "http://localhost/fr/open-roads"
    assert datetime.fromisoformat(data["as_of"]).tzinfo is not None


def test_an_answer_that_has_not_changed_is_304_and_still_open_to_all(client: FlaskClient) -> None:
    make.letter()
    first = client.get("/embed/open-roads/en.json")
    again = client.get(
        "/embed/open-roads/en.json", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_by_locale_counts_languages_above_zero(client: FlaskClient) -> None:
    letter = make.letter()
    make.signature(letter, email="a@example.org", locale="fr")
    make.signature(letter, email="b@example.org", locale="fr")
    make.signature(letter, email="c@example.org", locale="en")
    data = client.get("/embed/open-roads/en/by-locale.json").get_json()
    assert data["by_locale"] == {"fr": 2, "en": 1}
    assert data["count"] == 3


def test_badge_frame_and_script_are_small_and_need_nothing_else(client: FlaskClient) -> None:
    letter = make.letter(goal=10)
    make.signature(letter, show=Show.FULL)
    badge = client.get("/embed/open-roads/ar.svg")
    assert badge.headers["Content-Type"].startswith("image/svg+xml")
    assert len(badge.data) <= 1024
    frame = client.get("/embed/open-roads/ar")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert '<html lang="ar" dir="rtl"' in frame.text
    assert "<script" not in frame.text
    script = client.get("/embed/v1.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.headers["Access-Control-Allow-Origin"] == "*"


def test_unknown_letters_and_languages_are_404(client: FlaskClient) -> None:
    make.letter(slug="draft-letter", state="draft")
    for path in ("nowhere/en.json", "draft-letter/en.json", "draft-letter/xx.json"):
        answer = client.get(f"/embed/{path}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
