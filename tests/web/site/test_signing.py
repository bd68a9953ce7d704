"""Signing: the form comes in, the inbox is asked, nobody learns who has signed before."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import make
from tests.books import Books
from tests.conftest import Inbox


def test_a_signature_counts_once_the_button_is_pressed(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")

    client.post("/fr/open-roads/sign", data=make.sign_form())
    link = inbox.link()
    client.get(link)
    client.head(link)
    assert books.by_locale("open-roads") == {}  # a mail scanner may have opened it

    press = {"revision": "1"}
    client.post(link, data=press)
    client.post(link, data=press)
    assert books.by_locale("open-roads") == {"fr": 1}
    assert books.balance("open-roads")


def test_the_answer_is_the_same_for_new_pending_and_confirmed_addresses(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(slug="open-roads")
    answers = [
        client.post("/en/open-roads/sign", data=make.sign_form(email=address))
        for address in ("new@example.org", "pending@example.org", "pending@example.org")
    ]
    client.post(inbox.link(to="pending@example.org"), data={"revision": "2"})
    answers.append(
        client.post("/en/open-roads/sign", data=make.sign_form(email="pending@example.org"))
    )

    assert {answer.status_code for answer in answers} == {303}
    assert len({len(answer.headers["Location"]) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_whoever_has_signed_gets_a_mail_that_says_so_with_the_link_to_their_signature(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    letter = make.letter(slug="open-roads")
    make.signature(letter, email="zoe@example.org", name="Zoë Lindqvist")

    inbox.let_time_pass()
    client.post("/en/open-roads/sign", data=make.sign_form(email="ZOE@example.org", name="Mallory"))

    mail = inbox.mails[-1]
    assert mail["To"] == "zoe@example.org"
    assert "/my-signature/" in inbox.text(mail)
    assert "/confirm/" not in inbox.text(mail)
    assert "Mallory" not in inbox.text(mail)
    assert books.total("open-roads") == 1


def test_the_page_after_names_address_sender_and_subject_and_no_id(
    client: FlaskClient,
) -> None:
    make.letter(slug="open-roads")
    page = client.post(
        "/en/open-roads/sign", data=make.sign_form(email="zoe@example.org"), follow_redirects=True
    )
    text = BeautifulSoup(page.text, "html.parser").get_text(" ", strip=True)
    assert "zoe@example.org" in text
    assert "letters@example.org" in text
    assert "Your signature:" in text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_without_a_fresh_seal_the_page_names_no_address(client: FlaskClient) -> None:
    make.letter(slug="open-roads")
    page = client.get("/en/open-roads/sent?t=nonsense")
    assert page.status_code == 200
    assert "the address that you typed" in page.text


def test_one_mail_in_five_minutes_and_four_a_day_whatever_the_form_does(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.without_work(make.letter(slug="open-roads"))
    form = make.sign_form(email="victim@example.org")
    for _ in range(5):
        assert client.post("/en/open-roads/sign", data=form).status_code == 303
    assert len(inbox.mails) == 1

    for _ in range(10):
        inbox.let_time_pass(minutes=6)
        assert client.post("/en/open-roads/sign", data=form).status_code == 303
    assert len(inbox.mails) == 4


def test_send_again_says_the_same_whether_a_mail_was_due_or_not(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(slug="open-roads")
    sent = client.post("/en/open-roads/sign", data=make.sign_form()).headers["Location"]
    form = BeautifulSoup(client.get(sent).text, "html.parser").select_one("form")
    assert form is not None
    sealed = {"t": str(form.select("input[name=t]")[0]["value"])}
    assert len(inbox.mails) == 1

    too_soon = client.post(str(form["action"]), data=sealed)
    assert len(inbox.mails) == 1
    inbox.let_time_pass(minutes=6)
    in_time = client.post(str(form["action"]), data=sealed)
    assert len(inbox.mails) == 2
    assert too_soon.status_code == in_time.status_code == 303
    assert too_soon.headers["Location"] == in_time.headers["Location"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"email": ""}, "email"),
        ({"email": "zoe"}, "email"),
        ({"email": "zoe@@example.org"}, "email"),
        ({"country": ""}, "country"),
        ({"country": "XX"}, "country"),
        ({"show_name": "maybe"}, "show_name"),
        ({"comment": "x" * 1001}, "comment"),
    ],
)
def test_wrong_input_is_named_and_nothing_typed_is_lost(
    client: FlaskClient, books: Books, wrong: dict[str, str], field: str
) -> None:
    make.letter(slug="open-roads", fields=("country", "city", "comment"))
    typed = make.sign_form(city="Malmö", comment="Because.\nReally.", news="y") | wrong

    page = client.post("/en/open-roads/sign", data=typed)

    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert soup.title is not None
    assert str(soup.title.string).startswith("Error:")
    assert soup.select_one(f".summary a[href='#{field}']") is not None
    kept = {str(box["name"]): box.get("value") for box in soup.select("form input[dir]")}
    for name in {"name", "email", "city"} - {field}:
        assert kept[name] == typed[name]
    assert soup.select_one("input[name=news][checked]") is not None
    if field != "comment":
        comment = soup.select_one("textarea[name=comment]")
        assert comment is not None
        assert comment.text.replace("\r", "").strip() == "Because.\nReally."
    assert books.states() == []


def test_errors_are_told_in_the_visitors_language(client: FlaskClient) -> None:
    make.letter(slug="open-roads")
    english = client.post("/en/open-roads/sign", data=make.sign_form(email="x"))
    german = client.post("/de/open-roads/sign", data=make.sign_form(email="x"))
    assert german.status_code == 422
    assert "Enter a complete e-mail address" in english.text
    assert "Enter a complete e-mail address" not in german.text


def test_a_draft_and_an_unknown_letter_answer_404(client: FlaskClient) -> None:
    make.letter(slug="open-roads", state="draft")
    for slug in ("open-roads", "nowhere"):
        assert client.get(f"/en/{slug}").status_code == 404
        assert client.post(f"/en/{slug}/sign", data=make.sign_form()).status_code == 404


def test_a_closed_letter_answers_410_in_plain_words_and_can_still_be_read(
    client: FlaskClient,
) -> None:
    make.letter(slug="open-roads", state="closed")
    refused = client.post("/en/open-roads/sign", data=make.sign_form())
    assert refused.status_code == 410
    assert "no longer takes signatures" in refused.text
    page = client.get("/en/open-roads")
    assert page.status_code == 200
    assert "<form" not in page.text


def test_posts_from_other_websites_are_refused(client: FlaskClient, books: Books) -> None:
    make.letter(slug="open-roads")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        answer = client.post("/en/open-roads/sign", data=make.sign_form(), headers=headers)
        assert answer.status_code == 403
    assert books.states() == []


def test_choices_that_were_not_ticked_leave_no_consent(client: FlaskClient, inbox: Inbox) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form(show_name="no"))
    page = client.get(inbox.link())
    assert "I want news" not in page.text
    assert "Ask me once" not in page.text
    assert "Show my name" not in page.text


def test_a_name_with_markup_is_text_everywhere(client: FlaskClient, inbox: Inbox) -> None:
    make.letter(slug="open-roads")
    evil = "<script>alert(1)</script> & “Zoë”"
    client.post("/en/open-roads/sign", data=make.sign_form(name=evil, show_name="full"))
    link = inbox.link()
    assert "<script" not in client.get(link).text
    assert "<script" not in inbox.html(inbox.mails[-1])
    client.post(link, data={"revision": "1"})
    assert "<script" not in client.get("/en/open-roads").text
