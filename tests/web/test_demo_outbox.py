"""The demo's outbox: mails as a mail program shows them, and as nothing else can be."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from signing.application import create_app
from signing.core.settings import Settings
from tests.conftest import let_go

NAME = "00000001-20260101T000000Z.eml"
MAIL = """Subject: Hello
X-Envelope-To: zoe@example.org
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

お問い合わせ：night@example.org
https://letters.example.org/a?b=1&c=<2>
--x
Content-Type: text/html; charset=utf-8

<html><head></head><body><p style="color:red">Hello</p></body></html>
--x--
"""


def test_a_mail_is_shown_in_both_its_parts(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(MAIL.encode())
    app = create_app(settings.model_copy(update={"demo_outbox": tmp_path}))
    client = app.test_client()
    page = BeautifulSoup(client.get("/outbox").text, "html.parser")
    links = [str(link["href"]) for link in page.select("pre a")]
    assert links == ["https://letters.example.org/a?b=1&c=<2>"]  # and no mailto: in Japanese
    frame = page.select_one("iframe")
    assert frame is not None
    assert "allow-scripts" not in frame["sandbox"]
    html = client.get(str(frame["src"]))
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'nonce-" in policy
    assert "frame-ancestors 'self'" in policy
    assert ".s0{color:red}" in html.text
    assert ' style="' not in html.text
    assert client.get("/outbox/none.eml").status_code == 404
    let_go(app)
