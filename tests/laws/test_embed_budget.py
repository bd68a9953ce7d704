"""What partners' visitors load from us stays small, and needs nothing that a strict CSP forbids."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signing.web.embed import scripts

ROOT = Path(__file__).parents[2]
ELEMENT = ROOT / "signing/web/static/embed/v1.js"
FRAME_STYLE = ROOT / "signing/web/static/embed/frame.css"

KB = 1024


def _gzip(*parts: bytes) -> int:
    return sum(len(gzip.compress(part, 6)) for part in parts)


def _frame(**changed: object) -> str:
    values: dict[str, object] = {
        "lang": "de",
        "dir": "ltr",
        "count": 3230,
        "count_text": "3.230",
        "sentence": "3.230 Menschen haben unterschrieben",
        "goal": 5000,
        "goal_text": "3.230 / 5.000",
        "theme": "",
        "call": "Den Brief unterschreiben",
        "url": "https://letters.example/de/leavex",
        "title": "Offener Brief: Verlasst X und kommt ins freie Netz",
        "script": "",
        "stylesheet": "https://letters.example/static/embed/frame.css",
    }
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates"), undefined=StrictUndefined, autoescape=True
    )
    return templates.get_template("embed/frame.html").render(values | changed)


def test_the_element_is_at_most_two_kilobytes_compressed_and_four_raw() -> None:
    served = scripts.newest("v1")

    assert len(served) <= 4 * KB
    assert _gzip(served) <= 2 * KB


def test_the_number_alone_is_at_most_half_a_kilobyte_compressed() -> None:
    assert _gzip(scripts.newest("v1-number")) <= KB // 2


def test_what_opens_the_sign_form_is_at_most_one_and_a_half_kilobytes_compressed() -> None:
    """The form itself: tests/web/embed/test_sign_embed.py."""
    assert _gzip(scripts.newest("v1-form")) <= 3 * KB // 2


@pytest.mark.parametrize(
    "forbidden",
    [
        "innerHTML",  # pages with Trusted Types
        "insertAdjacentHTML",
        "import.meta",  # a syntax error in a classic script
        ".style",  # style-src without 'unsafe-inline'
        "<style",
        "eval(",
        "Function(",
        "localStorage",
        "sessionStorage",
        "document.cookie",
        "indexedDB",
    ],
)
def test_our_scripts_keep_to_what_strict_pages_allow(forbidden: str) -> None:
    assert all(forbidden not in file.read_text("utf-8") for file in ELEMENT.parent.glob("*.js"))


@pytest.mark.parametrize("name", ["v1.js", "v1-form.js", "sign.js", "sign.css", "frame.css"])
def test_nothing_of_ours_moves(name: str) -> None:
    content = ELEMENT.with_name(name).read_text("utf-8")
    assert not re.search("animat|transition|@keyframes|scroll", content)


def test_the_frame_with_its_style_is_at_most_two_kilobytes_compressed() -> None:
    assert _gzip(_frame().encode(), FRAME_STYLE.read_bytes()) <= 2 * KB


def test_the_frame_of_oembed_with_all_it_loads_is_at_most_two_kilobytes_compressed() -> None:
    page = _frame(script="https://letters.example/static/embed/oembed.js").encode()
    script = ELEMENT.with_name("oembed.js").read_bytes()
    assert _gzip(page, FRAME_STYLE.read_bytes(), script) <= 2 * KB


def test_the_frame_has_no_script_no_inline_style_and_does_not_refresh() -> None:
    page = _frame()

    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|http-equiv", page, re.IGNORECASE)
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [
        "https://letters.example/static/embed/frame.css",
        "https://letters.example/de/leavex",
    ]


def test_the_frame_says_the_number_once_within_its_sentence() -> None:
    assert "<h1><b>3.230</b> Menschen haben unterschrieben</h1>" in _frame()
    assert "<h1><b>1</b> Eine Person hat unterschrieben</h1>" in _frame(
        count=1, count_text="1", sentence="Eine Person hat unterschrieben"
    )


def test_a_frame_without_a_goal_has_no_bar() -> None:
    assert "<progress" not in _frame(goal=None, goal_text="")


def test_a_full_bar_stays_full() -> None:
    assert '<progress max="5000" value="5000" ' in _frame(count=7000)


def test_the_frame_escapes_what_it_is_given() -> None:
    page = _frame(title="</title><script>", call='"><b>', sentence="3.230 <i>")

    assert "<script>" not in page
    assert "<i>" not in page
    assert '"><b>' not in page.replace('"><b>3', "")
