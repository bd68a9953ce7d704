"""The signatures' pages: what each role sees, what stands in addresses, one deed and many."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from signing.audit.models import AuditEvent
from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.exports import allowance
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import bulk
from signing.moderation.models import Deed
from signing.signatures import actions as signature_actions
from signing.signatures import finding, staff_actions
from signing.signatures.models import Show, State
from signing.staff_accounts.roles import Held, Role
from signing.web.staff import tables
from tests import make, staff
from tests.books import Books
from tests.conftest import Inbox
from tests.staff import Browser

SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}
TABLE = "/staff/letters/open-roads/signatures"
HIDE = {"deed": "hide", "reason": "insult"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def ref(letter: Letter) -> SignatureRef:
    return make.signature(letter, **SHOWN)


@pytest.fixture
def moderator(app: Flask) -> Browser:
    return staff.browser(app, staff.member(held=[Held(Role.MODERATOR)]))


def one(ref: SignatureRef) -> str:
    return f"{TABLE}/{ref.signature_id}"


def events() -> list[AuditEvent]:
    staff.look_anew()
    return [*db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def people(letter: Letter, n: int) -> list[SignatureRef]:
    return [
        make.signature(letter, email=f"zoe{i}@example.org", name=f"Zoë {i}", **SHOWN)
        for i in range(n)
    ]


def test_the_table_shows_what_signers_show_and_nothing_sealed(
    moderator: Browser, letter: Letter, ref: SignatureRef
) -> None:
    make.signature(letter, email="hidden@example.org", name="Hidden Person")
    page = moderator.get(TABLE).text
    assert "Zoë Lindqvist" in page
    assert "not shown" in page
    assert "Hidden Person" not in page
    assert "@example.org" not in page.replace("name@example.org", "")


def test_looking_for_a_person_leaves_neither_address_nor_name_in_sight(
    moderator: Browser, ref: SignatureRef
) -> None:
    for typed in ({"address": "ZOE@example.org"}, {"name": "zoë"}):
        answer = moderator.post(f"{TABLE}/find", **typed)
        assert answer.status_code == 303
        address = answer.headers["Location"]
        assert "zo" not in address.lower().partition("?")[2].partition("q=")[0]
        assert "example" not in address
        page = moderator.get(address)
        assert "Zoë Lindqvist" in page.text
        assert events()[-1].verb == "signatures.searched"
        assert events()[-1].details["fields"] == [*typed]
        assert "zo" not in str(events()[-1].details).lower()
    gone = moderator.post(f"{TABLE}/find", address="nobody@example.org")
    assert "No signature fits" in moderator.get(gone.headers["Location"]).text


def test_half_an_address_is_said_to_be_one(moderator: Browser, ref: SignatureRef) -> None:
    answer = moderator.post(f"{TABLE}/find", address="zoe@", country="SE")
    assert answer.status_code == 422
    assert "complete e-mail address" in answer.text
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.select_one("#country option[selected]")["value"] == "SE"  # type: ignore[index]


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=%7f", "q=AAAA", "q=%C3%A9", "partner=1",
              "country=XX&state=no&first=x&sort=y", "sort=country&after=" + "f" * 32 + "%01",
              "sort=name&after=" + "f" * 32, "sort=-language&after=" + "f" * 32,
              "after=" + "f" * 32 + "9" * 40 + "&sort=confirmed"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(
    moderator: Browser, ref: SignatureRef, query: str
) -> None:
    assert moderator.get(f"{TABLE}?{query}").status_code == 200


def test_where_a_page_begins_is_nothing_to_look_for(
    moderator: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both stand sealed in the address, and hold different things."""
    monkeypatch.setattr(tables, "A_PAGE", 1)
    people(letter, 2)
    page = BeautifulSoup(moderator.get(f"{TABLE}?sort=name").text, "html.parser")
    further = str(page.select("a[rel=next]")[0]["href"])
    place = further.partition("after=")[2].partition("&")[0]
    assert len(place) > 40
    answer = moderator.get(f"{TABLE}?q={place}")
    assert answer.status_code == 200
    found = moderator.post(f"{TABLE}/find", name="Zoë 1").headers["Location"]
    sealed = found.partition("q=")[2].partition("&")[0]
    assert moderator.get(f"{TABLE}?sort=name&after={sealed}").status_code == 200


def test_pages_follow_each_other_and_keep_the_filters(
    moderator: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "A_PAGE", 2)
    people(letter, 5)
    for sort in ("-sent", "sent", "-confirmed", "confirmed", "name", "-name", "country", "-country",
                 "language", "nonsense", ""):  # fmt: skip
        typed = {"sort": sort, "country": "SE"} if sort else {"name": "Zoë"}
        address = moderator.post(f"{TABLE}/find", **typed).headers["Location"]
        seen: list[str] = []
        while address:
            soup = BeautifulSoup(moderator.get(address).text, "html.parser")
            seen += [row.get_text(strip=True) for row in soup.select("tbody th")]
            further = soup.select_one("a[rel=next]")
            address = str(further["href"]) if further else ""
            assert "zoë" not in unquote(address).lower()
        names = [f"Zoë {i}" for i in range(5)]
        backwards = sort.startswith("-") or sort == "nonsense"  # the newest first, as usual
        assert seen == (names[::-1] if backwards else names), sort


def test_a_page_that_looked_far_enough_offers_to_look_further(
    moderator: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SPAN", 2)
    people(letter, 5)
    page = moderator.get(f"{TABLE}?entry=api").text
    assert "Look further" in page
    assert "No signature fits" not in page


def test_what_hiding_and_setting_aside_mean_stands_where_one_decides(
    moderator: Browser, letter: Letter, ref: SignatureRef
) -> None:
    make.signature(letter, email="p@example.org", is_confirmed=False)
    table = moderator.get(TABLE)
    assert "Confirmed: 1 Not confirmed: 1 Set aside: 0" in staff.words(table)
    for page in (table, moderator.get(one(ref))):
        assert "the export for the addressee leaves out the name" in staff.words(page)
        assert "It does not count, and is in no export." in staff.words(page)


def test_an_empty_table_says_what_comes(moderator: Browser, letter: Letter) -> None:
    assert "Nobody has signed yet" in moderator.get(TABLE).text


WHO = {
    Role.OWNER: ("zoe@example.org", True),
    Role.MODERATOR: ("z…@example.org", True),
    Role.EXPORTER: ("zoe@example.org", False),
}


@pytest.mark.parametrize("role", WHO)
def test_what_is_sealed_opens_on_demand_and_is_written_down(
    app: Flask, ref: SignatureRef, role: Role
) -> None:
    browser = staff.browser(app, staff.member(held=[Held(role)]))
    closed = browser.get(one(ref)).text
    assert "@example.org" not in closed
    assert "signature.opened" not in [event.verb for event in events()]
    opened = browser.post(f"{one(ref)}/open")
    address, may_act = WHO[role]
    assert address in opened.text
    assert ("Save the correction" in opened.text) is may_act
    assert ("Decide" in closed) is may_act
    assert events()[-1].verb == "signature.opened"


def test_addresses_are_shown_whole_as_many_as_one_may_carry_out_alone(
    app: Flask, ref: SignatureRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ALONE", 2)
    browser = staff.browser(app, staff.member(held=[Held(Role.EXPORTER)]))
    shown = ["zoe@example.org" in browser.post(f"{one(ref)}/open").text for _ in range(3)]
    assert shown == [True, True, False]


def test_a_correction_keeps_what_was_typed_and_says_what_is_wrong(
    moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    for sent, message in (
        ({"name": "…", "reason": "asked_by_mail"}, "Enter the name."),
        ({"name": "Zoe at http://x.example"}, "without addresses or links"),
        ({"name": "Zoe"}, "Choose how this was asked for."),
    ):
        answer = moderator.post(f"{one(ref)}/correct", revision="1", city="", **sent)
        assert answer.status_code == 422
        assert message in answer.text
        assert sent["name"] in answer.text
    sent = {"name": "Zoe L", "city": "Umeå", "reason": "asked_by_mail", "revision": "1"}
    assert moderator.post(f"{one(ref)}/correct", **sent).status_code == 303
    assert books.names("open-roads") == ["Zoe L"]
    assert moderator.post(f"{one(ref)}/correct", **sent).status_code == 409


def test_a_decision_needs_a_reason_and_is_made_once(
    moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    assert moderator.post(f"{one(ref)}/decide", deed="hide").status_code == 422
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    assert moderator.post(f"{one(ref)}/decide", **HIDE).status_code == 303
    assert books.names("open-roads") == []
    assert moderator.post(f"{one(ref)}/decide", **HIDE).status_code == 409
    page = moderator.get(one(ref)).text
    assert "hidden by staff" in page
    assert "The name insults or threatens somebody." in page
    assert moderator.post(f"{one(ref)}/decide", deed="nonsense").status_code == 409


def test_no_route_of_the_staff_confirms_a_signature(
    moderator: Browser, letter: Letter, books: Books
) -> None:
    """Whatever is sent to whatever route there is about it, the inbox alone answers."""
    pending = make.signature(letter, is_confirmed=False)
    page = moderator.get(one(pending)).text
    assert "Nobody else can confirm it" in page
    assert "Restore" not in page
    for deed in (*Deed, "confirm"):
        sent = {"deed": deed, "reason": "insult", "state": "confirmed", "confirmed_at": "now"}
        for route in ("decide", "open", "correct", "resend"):
            moderator.post(f"{one(pending)}/{route}", **sent)
        moderator.post(f"{TABLE}/bulk", **sent, which="all")
        moderator.post(f"{TABLE}/bulk", **sent, tick=pending.signature_id.hex)
    for made in BeautifulSoup(moderator.get(f"{TABLE}/bulk").text, "html.parser").select("li a"):
        moderator.post(f"{urlsplit(str(made['href'])).path}/start")
    assert books.states() == ["pending"]
    assert books.total("open-roads") == 0


def test_a_mail_is_sent_again_on_demand(moderator: Browser, letter: Letter, inbox: Inbox) -> None:
    pending = make.signature(letter, is_confirmed=False)
    _ = inbox.mails
    assert moderator.post(f"{one(pending)}/resend").status_code == 303
    assert len(inbox.mails) == 1  # within five minutes no second one
    make.close("open-roads")
    assert "takes no signatures at present" in moderator.get(one(pending)).text
    assert moderator.post(f"{one(pending)}/resend").status_code == 410


def test_withdrawing_for_somebody_says_what_it_does_and_asks_why(
    moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    assert "for good" in moderator.get(f"{one(ref)}/withdraw").text
    assert moderator.post(f"{one(ref)}/withdraw").status_code == 422
    assert books.total("open-roads") == 1
    answer = moderator.post(f"{one(ref)}/withdraw", reason="asked_by_mail")
    assert answer.status_code == 303
    assert (books.total("open-roads"), books.states()) == (0, [])
    assert moderator.get(one(ref)).status_code == 410
    assert books.balance("open-roads")


def previewed(browser: Browser, **sent: str) -> str:
    answer = browser.post(f"{TABLE}/bulk", **sent)
    assert answer.status_code == 303, staff.words(answer)
    return urlsplit(answer.headers["Location"]).path


def test_many_are_hidden_as_previewed_and_shown_again(
    moderator: Browser, letter: Letter, books: Books
) -> None:
    people(letter, 3)
    path = previewed(moderator, **HIDE, which="all", country="SE")
    page = staff.words(moderator.get(path))
    assert "Exactly 3 signatures would be touched" in page
    assert len(books.names("open-roads")) == 3
    make.signature(letter, email="later@example.org", name="Later", **SHOWN)
    for _twice in range(2):
        moderator.post(f"{path}/start")
    assert books.names("open-roads") == ["Later"]
    assert "3 signatures were changed" in staff.words(moderator.get(path))
    undone = urlsplit(moderator.post(f"{path}/undo").headers["Location"]).path
    assert "Exactly 3 signatures" in staff.words(moderator.get(undone))
    moderator.post(f"{undone}/start")
    assert len(books.names("open-roads")) == 4
    assert books.balance("open-roads")
    assert [one.verb for one in events() if one.verb.startswith("bulk.")] == [
        "bulk.started", "bulk.finished",
    ] * 2  # fmt: skip


def test_a_preview_touches_none_that_confirmed_since(
    moderator: Browser, letter: Letter, books: Books
) -> None:
    people(letter, 1)
    waiting = make.signature(letter, email="late@example.org", is_confirmed=False)
    path = previewed(moderator, deed="set_aside", reason="invented", which="all")
    make.confirm(waiting)
    moderator.post(f"{path}/start")
    assert books.states() == [State.CONFIRMED, State.SET_ASIDE]
    assert books.balance("open-roads")


def test_ticked_rows_are_meant_alone(moderator: Browser, letter: Letter, books: Books) -> None:
    first, *_others = people(letter, 3)
    assert moderator.post(f"{TABLE}/bulk", **HIDE).status_code == 422
    assert moderator.post(f"{TABLE}/bulk", which="all", reason="insult").status_code == 422
    assert moderator.post(f"{TABLE}/bulk", which="all", deed="hide").status_code == 422
    assert moderator.post(f"{TABLE}/bulk", which="all", deed="withdraw").status_code == 422
    path = previewed(moderator, **HIDE, tick=first.signature_id.hex)
    moderator.post(f"{path}/start")
    assert books.names("open-roads") == ["Zoë 2", "Zoë 1"]


def test_whoever_withdrew_meanwhile_is_passed_over(
    moderator: Browser, letter: Letter, books: Books
) -> None:
    first, second, third = people(letter, 3)
    path = previewed(moderator, deed="set_aside", reason="invented", which="all")
    with transaction():
        signature_actions.withdraw(first)
        staff_actions.set_aside(second, reason="invented", by=make.OPERATOR)
    moderator.post(f"{path}/start")
    assert "1 signature was changed" in staff.words(moderator.get(path))
    assert books.states() == ["set_aside", "set_aside"]
    assert books.balance("open-roads")
    assert staff_actions.get(third.letter_id, third.signature_id).state == State.SET_ASIDE


def test_somebody_else_cannot_press_the_button_of_my_preview(
    app: Flask, moderator: Browser, letter: Letter, books: Books
) -> None:
    people(letter, 1)
    path = previewed(moderator, **HIDE, which="all")
    other = staff.browser(app, staff.member("ben@example.org"))
    assert other.post(f"{path}/start").status_code == 409
    assert len(books.names("open-roads")) == 1


def test_many_are_done_by_the_worker_bit_by_bit(
    moderator: Browser, letter: Letter, books: Books, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "A_BATCH", 2)
    people(letter, 5)
    path = previewed(moderator, deed="set_aside", reason="invented", which="all")
    moderator.post(f"{path}/start")
    assert books.total("open-roads") == 5
    assert "Waiting to begin" in moderator.get(path).text
    said = [inbox.text(mail) for mail in inbox.mails]
    assert books.total("open-roads") == 0
    assert "5 signatures were changed" in staff.words(moderator.get(path))
    assert books.balance("open-roads")
    assert sum("does not count" in one for one in said) <= 5
