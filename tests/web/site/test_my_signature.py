"""One's own signature, by the link in the mails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from signing.letters import queries as letters
from signing.mail.models import OutgoingMail
from signing.moderation import waiting
from signing.signatures.models import Consent
from tests import make
from tests.books import Books
from tests.conftest import Inbox


@pytest.fixture
def mine(client: FlaskClient, inbox: Inbox) -> str:
    """The link to a confirmed signature whose name is shown."""
    make.letter(slug="open-roads", fields=("country", "city", "comment"))
    form = make.sign_form(
        name="Zoë Lindqvist", email="zoe@example.org", show_name="full", news="y", city="Malmö"
    )
    client.post("/en/open-roads/sign", data=form)
    client.post(inbox.link(), data={"revision": "1"})
    return inbox.link("my-signature")


def test_it_shows_everything_that_is_stored(client: FlaskClient, mine: str) -> None:
    text = BeautifulSoup(client.get(mine).text, "html.parser").get_text(" ", strip=True)
    for stored in ("Zoë Lindqvist", "zoe@example.org", "Malmö", "Sweden", "explicit consent"):
        assert stored in text


def test_a_corrected_name_is_corrected_in_public_too(
    client: FlaskClient, mine: str, books: Books
) -> None:
    assert client.post(f"{mine}/name", data={"name": "Zoé Lindqvist"}).status_code == 303
    assert books.names("open-roads") == ["Zoé Lindqvist"]
    assert books.balance("open-roads")


def test_a_corrected_name_is_looked_at_as_that_of_the_form(
    client: FlaskClient, mine: str, books: Books
) -> None:
    client.post(f"{mine}/name", data={"name": "Zoé Lindqvist"})
    assert make.reasons("open-roads") == []
    client.post(f"{mine}/name", data={"name": "BUY {CHEAP} pills"})
    letter_id = letters.get_by_slug("open-roads").id
    assert make.reasons("open-roads") == ["markup"]
    assert waiting.count_flagged(letter_id) == 1


def test_a_name_is_corrected_so_often_a_day_and_what_was_typed_stays(
    client: FlaskClient, mine: str, books: Books
) -> None:
    answers = [
        client.post(f"{mine}/name", data={"name": f"Zoé {letter}"}) for letter in "ABCDEFGHIJK"
    ]
    assert [one.status_code for one in answers] == [303] * 10 + [429]
    assert "too often today" in answers[-1].text
    assert 'value="Zoé K"' in answers[-1].text
    assert books.names("open-roads") == ["Zoé J"]


def test_a_wrong_name_is_refused_and_kept_in_the_form(client: FlaskClient, mine: str) -> None:
    page = client.post(f"{mine}/name", data={"name": "12345"})
    assert page.status_code == 422
    assert 'value="12345"' in page.text


def test_hiding_and_showing_again_keeps_the_count(
    client: FlaskClient, mine: str, books: Books
) -> None:
    client.post(f"{mine}/show", data={"show": "no"})
    client.post(f"{mine}/show", data={"show": "no"})
    assert books.names("open-roads") == []
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")

    wording = BeautifulSoup(client.get(mine).text, "html.parser").select("input[name=wording]")
    client.post(f"{mine}/show", data={"show": "initial", "wording": str(wording[0]["value"])})
    assert books.names("open-roads") == ["Zoë L."]
    assert books.balance("open-roads")


def test_news_can_be_stopped_alone(client: FlaskClient, mine: str, books: Books) -> None:
    assert client.post(f"{mine}/stop/news").status_code == 303
    assert "taken back" in client.get(mine).text
    assert client.post(f"{mine}/stop/nonsense").status_code == 404
    assert books.total("open-roads") == 1


def test_the_data_can_be_taken_along(client: FlaskClient, mine: str) -> None:
    answer = client.get(f"{mine}/data.json")
    assert answer.headers["Cache-Control"] == "no-store"
    named = 'attachment; filename="open-roads-signature.json"'
    assert answer.headers["Content-Disposition"] == named
    data = answer.get_json()
    assert data["name"] == "Zoë Lindqvist"
    assert data["email"] == "zoe@example.org"
    assert {one["purpose"] for one in data["consents"]} == {"sign", "show_name", "news"}


def test_withdrawing_deletes_the_row_and_lowers_the_count_by_one(
    client: FlaskClient, mine: str, books: Books
) -> None:
    assert client.get(f"{mine}/withdraw").status_code == 200
    assert books.total("open-roads") == 1

    page = client.post(f"{mine}/withdraw", follow_redirects=True)

    assert page.status_code == 200
    assert books.total("open-roads") == 0
    assert books.states() == []
    assert books.rows(Consent) == books.rows(OutgoingMail) == 0
    assert books.balance("open-roads")
    assert client.post(f"{mine}/withdraw").status_code == 410
    assert client.get(mine).status_code == 410


def test_whoever_withdrew_can_sign_again(
    client: FlaskClient, inbox: Inbox, mine: str, books: Books
) -> None:
    client.post(f"{mine}/withdraw")
    client.post("/en/open-roads/sign", data=make.sign_form(email="zoe@example.org"))
    client.post(inbox.link(), data={"revision": "1"})
    assert books.total("open-roads") == 1


def test_an_old_link_offers_a_fresh_one_by_mail(
    client: FlaskClient, inbox: Inbox, mine: str
) -> None:
    with inbox.later(timedelta(days=401)):
        expired = client.get(mine)
        assert expired.status_code == 410
        action = BeautifulSoup(expired.text, "html.parser").select("form")[0]["action"]
        before = len(inbox.mails)
        assert client.post(str(action)).status_code == 200
        assert len(inbox.mails) == before + 1
        assert client.get(inbox.link("my-signature")).status_code == 200
