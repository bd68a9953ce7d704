"""The framed counter is light on every page, unless its address asks for more."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import make


def test_a_frame_is_light_and_its_address_says_when_not(client: FlaskClient) -> None:
    make.partner(make.letter(goal=10))
    for path in ("/embed/open-roads/en", "/embed/open-roads/en/from/green-web"):
        for theme in ("", "auto", "dark"):
            frame = client.get(f"{path}/{theme}".rstrip("/"))
            page = BeautifulSoup(frame.text, "html.parser")
            assert page.html is not None
            assert page.html.get("class") == ([theme] if theme else None)
            assert page.select('meta[name="color-scheme"]') == []
            assert "0 / 10" in page.get_text()
            link = page.select_one("a")
            assert link is not None
            assert str(link["href"]).endswith("?from=green-web") is ("/from/" in path)
        assert client.get(f"{path}/light").status_code == 404
    unknown = client.get("/embed/open-roads/en/from/nobody/dark")
    assert unknown.location == "/embed/open-roads/en/dark"


def test_the_code_of_the_frame_fits_every_page_without_a_style(client: FlaskClient) -> None:
    make.letter()
    page = BeautifulSoup(client.get("/en/open-roads/embed").text, "html.parser")
    (code,) = [one.get_text() for one in page.select("pre") if "<iframe" in one.get_text()]
    assert 'width="100%"' in code
    assert 'frameborder="0"' in code
    assert "style" not in code
    buttons = page.select("pre + p[hidden] > button[data-copied]")
    assert len(buttons) == len(page.select("pre"))  # hidden until a script is there to copy
    assert re.search(r'src="/static/copy\.\w+\.js"|src="/static/copy\.js', str(page))
