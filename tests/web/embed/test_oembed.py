"""oEmbed 1.0: whoever pastes a letter's link gets a link, the number, and a frame."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from signing.web.page_cache import PageCache
from tests import make

OURS = "http://localhost"
# What WordPress lets through of a host that it does not know (wp-includes/embed.php).
ALLOWED = {
    "a": {"href"},
    "blockquote": set(),
    "iframe": {"src", "width", "height", "frameborder", "title", "loading"},
}


def ask(client: FlaskClient, url: str, **query: str) -> TestResponse:
    return client.get("/oembed?" + urlencode({"url": url} | query))


def test_a_letters_link_is_answered_with_what_the_specification_wants(client: FlaskClient) -> None:
    letter = make.letter()
    make.signature(letter)
    answer = ask(client, f"{OURS}/fr/open-roads")

    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = answer.get_json()
    assert (said["version"], said["type"]) == ("1.0", "rich")
    assert said["title"] == "Open roads (fr)"
    assert (said["width"], said["height"]) == (360, 240)
    assert said["provider_url"] == OURS
    assert "1 personne a signé" in html.unescape(said["html"]).replace("\xa0", " ")
    assert f'<iframe src="{OURS}/embed/open-roads/fr/oembed"' in said["html"]
    assert len(answer.data) < 150 * 1024


def test_xml_says_the_same(client: FlaskClient) -> None:
    make.letter(read=make.folder(("en",)))
    as_json = ask(client, f"{OURS}/en/open-roads").get_json()
    as_xml = ask(client, f"{OURS}/en/open-roads", format="xml")

    assert as_xml.content_type == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(as_xml.data)  # noqa: S314 (our own)
    assert root.tag == "oembed"
    assert {one.tag: one.text for one in root} == {key: str(one) for key, one in as_json.items()}


def test_wordpress_keeps_all_of_it(client: FlaskClient) -> None:
    make.letter()
    said = ask(client, f"{OURS}/en/open-roads").get_json()["html"]

    for name, attributes in re.findall(r"<([a-z]+)([^>]*)>", said):
        assert set(re.findall(r"([a-z]+)=", re.sub(r'"[^"]*"', "", attributes))) <= ALLOWED[name]
    kept = re.search(r"(<blockquote>.*?</blockquote>)?.*(<iframe.*?></iframe>)", said, re.DOTALL)
    assert kept is not None
    assert f'<a href="{OURS}/en/open-roads">' in kept[1]


def test_what_is_in_a_title_stays_text(client: FlaskClient) -> None:
    text = make.text("en", title='<script>alert("&")</script>')
    make.letter(read=type(make.folder())(text, (), make.SETTINGS, ()))
    answer = ask(client, f"{OURS}/en/open-roads").get_json()
    assert "<script" not in answer["html"]
    assert answer["title"] == '<script>alert("&")</script>'


@pytest.mark.parametrize(
    "url",
    [
        f"{OURS}/fr/open-roads?from=somebody#sign",
        f"{OURS}/open-roads",
        f"{OURS}/embed/open-roads/fr",
        "https://LOCALHOST/fr/open%2Droads",
    ],
)
def test_every_address_of_the_letter_is_known(client: FlaskClient, url: str) -> None:
    make.letter()
    said = ask(client, url)
    assert said.status_code == 200
    tag = "fr" if "fr" in url else "en"  # the letter's own
    assert f"{OURS}/embed/open-roads/{tag}/oembed" in said.get_json()["html"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", 400),
        ("x" * 3000, 400),
        ("http://elsewhere.example/fr/open-roads", 404),
        ("http://localhost.elsewhere.example/fr/open-roads", 404),
        ("http://localhost@elsewhere.example/fr/open-roads", 404),
        ("http://localhost:81/fr/open-roads", 404),
        ("javascript://localhost/fr/open-roads", 404),
        ("//localhost/fr/open-roads", 404),
        ("/fr/open-roads", 404),
        ("http://[broken/fr/open-roads", 404),
        (f"{OURS}/fr/no-such-letter", 404),
        (f"{OURS}/xx/open-roads", 404),
        (f"{OURS}/en/", 404),
        (f"{OURS}/en/drafted", 404),  # nobody learns that there is a draft
        (f"{OURS}/en/confirm/a-token", 401),
        (f"{OURS}/en/my-signature/a-token", 401),
        (f"{OURS}/u/a-token", 401),
    ],
)
def test_what_is_no_letter_of_ours_is_refused(client: FlaskClient, url: str, status: int) -> None:
    make.letter()
    make.letter(slug="drafted", state="draft")
    assert ask(client, url).status_code == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"format": "yaml"}, 501),
        ({"maxwidth": "wide"}, 400),
        ({"maxheight": "-5"}, 400),
        ({"maxwidth": "0"}, 400),
        ({"maxwidth": "²"}, 400),
    ],
)
def test_what_cannot_be_done_is_said_by_its_status(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    make.letter()
    assert ask(client, f"{OURS}/en/open-roads", **query).status_code == status


def test_it_fits_where_it_is_put(client: FlaskClient) -> None:
    make.letter()
    said = ask(client, f"{OURS}/en/open-roads", maxwidth="200", maxheight="9999").get_json()
    assert (said["width"], said["height"]) == (200, 240)
    assert 'width="200" height="240"' in said["html"]


def test_no_answer_is_kept_for_another_question(client: FlaskClient) -> None:
    make.letter()
    make.letter(slug="night-trains")
    client.application.wsgi_app = PageCache(client.application.wsgi_app)  # type: ignore[method-assign]
    for slug in ("open-roads", "night-trains"):
        assert f"/en/{slug}" in ask(client, f"{OURS}/en/{slug}").get_json()["html"]
    first = ask(client, f"{OURS}/en/open-roads")
    again = client.get(
        "/oembed?" + urlencode({"url": f"{OURS}/en/open-roads"}),
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304


def test_a_letters_page_says_where_to_ask(client: FlaskClient) -> None:
    make.letter()
    page = client.get("/fr/open-roads").text
    found = dict(re.findall(r'type="(\S+\+oembed)"[^>]* href="([^"]+)"', page))
    assert set(found) == {"application/json+oembed", "text/xml+oembed"}
    for address in found.values():
        said = client.get(html.unescape(address).removeprefix(OURS))
        assert said.status_code == 200
        assert "/embed/open-roads/fr/oembed" in said.text
