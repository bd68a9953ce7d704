"""The letter page: a text that someone meant, in every language, for everybody's caches."""

from __future__ import annotations

from dataclasses import replace

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from signing.core import locales
from signing.core.db import transaction
from signing.counts.actions import roll_up
from signing.signatures.models import Show
from tests import make
from tests.conftest import Inbox


def soup_of(client: FlaskClient, path: str) -> BeautifulSoup:
    page = client.get(path)
    assert page.status_code == 200
    return BeautifulSoup(page.text, "html.parser")


def test_it_carries_text_form_count_and_names(client: FlaskClient) -> None:
    letter = make.letter(goal=10)
    make.signature(letter, name="Zoë Lindqvist", show=Show.FULL)
    make.signature(letter, name="Hidden Person", email="hidden@example.org")

    soup = soup_of(client, "/en/open-roads")

    assert soup.h1 is not None
    assert soup.h1.text == "Open roads (en)"
    assert soup.select_one(".text em") is not None
    assert soup.select(".count")[0].text.split()[0] == "2"
    assert [name.text for name in soup.select(".names bdi")] == ["Zoë Lindqvist"]
    assert "Hidden Person" not in str(soup)
    progress = soup.select("progress")[0]
    assert (progress["value"], progress["max"]) == ("2", "10")
    assert soup.select("form[action='/en/open-roads/sign'] button") != []


def test_it_can_be_kept_by_everybody_and_is_not_sent_twice(client: FlaskClient) -> None:
    letter = make.letter()
    first = client.get("/en/open-roads")
    assert "public" in first.headers["Cache-Control"]
    assert "s-maxage" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    assert "Vary" not in first.headers
    seen = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/en/open-roads", headers=seen).status_code == 304

    make.signature(letter)
    assert client.get("/en/open-roads", headers=seen).status_code == 200


def test_rolling_up_changes_nothing_that_caches_hold(client: FlaskClient) -> None:
    make.signature(make.letter())
    before = client.get("/embed/open-roads/en.json").headers["ETag"]
    with transaction():
        roll_up()
    assert client.get("/embed/open-roads/en.json").headers["ETag"] == before


def test_the_shortest_address_leads_to_the_visitors_best_language(client: FlaskClient) -> None:
    make.letter(locales=("en", "fr", "de"))
    for wanted, best in (("fr-CA, en;q=0.5", "fr"), ("de", "de"), ("ja", "en"), ("", "en")):
        answer = client.get("/open-roads", headers={"Accept-Language": wanted})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/{best}/open-roads"
        assert answer.headers["Vary"] == "Accept-Language"
    home = client.get("/", headers={"Accept-Language": "ar"})
    assert home.headers["Location"] == "/ar/"


def test_a_language_that_the_letter_lacks_gets_the_fallback_and_is_told_so(
    client: FlaskClient,
) -> None:
    make.letter(locales=("en", "fr"))
    soup = soup_of(client, "/ar/open-roads")
    assert soup.html is not None
    assert (soup.html["lang"], soup.html["dir"]) == ("ar", "rtl")
    text = soup.select("article [lang=en]")[0]
    assert text["dir"] == "ltr"
    assert "English" in soup.select("article .note")[0].text
    canonical = soup.select("link[rel=canonical]")[0]["href"]
    assert str(canonical).endswith("/en/open-roads")


def test_other_languages_are_linked_for_people_and_for_robots(client: FlaskClient) -> None:
    make.letter(locales=("en", "fr", "ar"))
    soup = soup_of(client, "/fr/open-roads")
    menu = {str(link["hreflang"]): link for link in soup.select(".languages a")}
    assert set(menu) == {"en", "fr", "ar"}
    assert menu["ar"].text == "العربية"
    assert menu["ar"]["dir"] == "rtl"
    hreflang = {str(link["hreflang"]) for link in soup.select("link[rel=alternate][hreflang]")}
    assert hreflang == {"en", "fr", "ar", "x-default"}


def test_an_unknown_language_is_404_in_a_language_the_visitor_reads(client: FlaskClient) -> None:
    make.letter()
    answer = client.get("/xx/open-roads", headers={"Accept-Language": "de"})
    assert answer.status_code == 404
    assert '<html lang="de"' in answer.text


def test_a_stale_translation_says_so(client: FlaskClient) -> None:
    make.letter()
    read = make.folder()
    changed = replace(read, default=make.text("en", body="Dear council,\n\nanother text."))
    make.letter(read=changed)
    assert "has changed since it was translated" in client.get("/fr/open-roads").text or (
        soup_of(client, "/fr/open-roads").select(".note") != []
    )
    assert soup_of(client, "/en/open-roads").select(".note") == []


def test_a_correction_of_a_signed_text_is_shown_with_its_date(client: FlaskClient) -> None:
    make.signature(make.letter())
    changed = replace(make.folder(), default=make.text("en", body="Dear council,\n\nopen them."))
    make.letter(read=changed, correction="A word was missing.")
    note = soup_of(client, "/en/open-roads").select(".note")[0].text
    assert "A word was missing." in note


def test_every_page_of_the_letter_speaks_every_language(client: FlaskClient, inbox: Inbox) -> None:
    make.letter(fields=("country", "city", "comment"), newsletter="Our newsletter, monthly.")
    client.post("/en/open-roads/sign", data=make.sign_form())
    confirm, mine = inbox.link(), inbox.link("my-signature")
    pages = ["open-roads", "open-roads/privacy", "open-roads/report", "open-roads/thanks",
             "open-roads/sent", "open-roads/withdrawn", "", "imprint", "how-we-count",
             "accessibility"]  # fmt: skip
    for tag in locales.languages():
        paths = [f"/{tag}/{page}" for page in pages]
        for path in [*paths, confirm.replace("/en/", f"/{tag}/"), mine.replace("/en/", f"/{tag}/")]:
            soup = soup_of(client, path)
            assert soup.html is not None
            assert soup.html["lang"] == tag
            assert len(soup.select("h1")) == 1
            assert len(soup.select("main")) == 1


def test_the_notices_are_never_empty(client: FlaskClient) -> None:
    make.letter()
    privacy = client.get("/en/open-roads/privacy").text
    for said in ("Road Friends, 1 Lane", "hello@example.org", "9(2)(a)", "explicit consent"):
        assert said in privacy
    assert "Example Association" in client.get("/en/imprint").text
    assert "One number for all languages" in client.get("/en/how-we-count").text
    assert "WCAG 2.2" in client.get("/en/accessibility").text
