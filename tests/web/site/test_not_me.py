""" "Not me, never write again", from every mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core.keystore import Forgotten
from signing.core.keystore_tables import ForgottenRow
from signing.core.vault import vault
from signing.mail.models import Suppression
from tests import make
from tests.books import Books
from tests.conftest import Inbox


def _sign(client: FlaskClient, slug: str = "open-roads", **form: str) -> None:
    client.post(f"/en/{slug}/sign", data=make.sign_form(slug, **form))


@pytest.fixture
def link(client: FlaskClient, inbox: Inbox) -> str:
    """The link in a mail that somebody else caused."""
    make.letter()
    _sign(client)
    return inbox.link("not-me")


def test_looking_changes_nothing(client: FlaskClient, link: str, books: Books) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert "Open roads (en)" in page.text
    assert page.text.count("<button") == 1
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert books.rows(Suppression) == 0
    assert books.states() == ["pending"]


def test_pressing_deletes_a_pending_signature_and_ends_all_mail(
    client: FlaskClient, inbox: Inbox, link: str, books: Books
) -> None:
    assert client.post(link).status_code == 303
    assert books.states() == []
    make.letter(slug="other-roads")
    before = len(inbox.mails)
    _sign(client)
    _sign(client, "other-roads", email="Zoe@EXAMPLE.org")
    assert len(inbox.mails) == before
    assert [state for _kind, state in books.mails()] == ["dropped", "dropped"]


def test_pressing_withdraws_a_confirmed_signature(
    client: FlaskClient, inbox: Inbox, link: str, books: Books
) -> None:
    client.post(inbox.link(), data={"revision": "1"})
    assert books.total("open-roads") == 1
    client.post(link)
    assert books.total("open-roads") == 0
    assert books.balance("open-roads")


def test_pressing_twice_is_pressing_once(client: FlaskClient, link: str, books: Books) -> None:
    client.post(link)
    again = client.post(link, follow_redirects=True)
    assert again.status_code == 200
    assert "We write to you no more" in again.text
    assert books.rows(Suppression) == 1


def test_it_works_where_the_signature_is_gone(
    client: FlaskClient, inbox: Inbox, link: str, books: Books
) -> None:
    client.post(inbox.link("my-signature") + "/withdraw")
    assert "withdrawn with it" not in client.get(link).text
    assert client.post(link, follow_redirects=True).status_code == 200
    assert books.rows(Suppression) == 1


def test_whoever_changes_their_mind_is_written_to_again(
    client: FlaskClient, inbox: Inbox, link: str, books: Books
) -> None:
    client.post(link)
    page = client.post(f"{link}/lift", follow_redirects=True)
    assert "We may write to you again" in page.text
    assert books.rows(Suppression) == 0
    before = len(inbox.mails)
    _sign(client)
    assert len(inbox.mails) == before + 1


def test_the_key_store_notes_it_so_that_no_restore_undoes_it(
    client: FlaskClient, link: str
) -> None:
    def noted() -> set[str]:
        with vault.store.engine.connect() as connection:
            return set(connection.scalars(select(ForgottenRow.__table__.c.what)))

    client.post(link)
    assert noted() == {Forgotten.SUPPRESSED, Forgotten.WITHDRAWN}
    client.post(f"{link}/lift")
    assert noted() == {Forgotten.WITHDRAWN}


def test_late_and_broken_links_are_answered_in_plain_words(
    client: FlaskClient, inbox: Inbox, link: str, books: Books
) -> None:
    broken = client.post(link[:-3])
    assert broken.status_code == 404
    assert "copy the whole address" in broken.text
    with inbox.later(timedelta(days=401)):
        late = client.post(link)
    assert late.status_code == 410
    assert "too old" in late.text
    assert books.rows(Suppression) == 0


def test_a_link_for_another_purpose_does_nothing(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    _sign(client)
    token = inbox.link("my-signature").rpartition("/")[2]
    assert client.post(f"/en/not-me/{token}").status_code == 404
