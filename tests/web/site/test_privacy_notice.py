"""The privacy notice: all that GDPR art. 13 wants said, and what the campaign adds to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from signing import create_app
from signing.collected import actions as collections
from signing.collected import entering
from signing.collected.actions import About
from signing.collected.columns import Signer
from signing.collected.models import Kind
from signing.collected.person import Person
from signing.core import locales
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.letters import actions, queries, switches
from signing.letters.actions import ImportRules
from signing.letters.folder import Folder
from tests import make
from tests.conftest import let_go

NOTICE = "/en/open-roads/privacy"
OWN = "## Our officer\n\nAsk *Ada*.\n\n<script>alert(1)</script><p onclick='x'>Bye</p>"

# Article of the GDPR, and where on the page it is kept.
LAW = {
    "13(1)(a) controller": "Road Friends, 1 Lane, Exampleton",
    "13(1)(a) contact": "hello@example.org",
    "13(1)(c) purposes": "to count your signature once and to hand it over",
    "13(1)(c) legal bases": "GDPR art. 6(1)(a) and 9(2)(a)",
    "13(1)(c) the words of the consent": "By pressing the button I ask Road Friends",
    "13(1)(c) the words of the others": "I want news about this letter by mail",
    "13(1)(c) news": "Each such mail has a link that ends it; whether it is read is not recorded",
    "13(1)(d) legitimate interests": "GDPR art. 6(1)(f)",
    "13(1)(e) receivers: addressee": "The council of roads",
    "13(1)(e) receivers: everybody": "anyone can read and copy it",
    "13(1)(e) receivers: who runs the site": "Example Association",
    "13(1)(e) receivers: mail": "your own mail provider",
    "13(1)(f) third countries": "outside the European Economic Area",
    "13(2)(a) unconfirmed": "Unconfirmed signatures are deleted after 14 days",
    "13(2)(a) delivered": "confirmed signatures are deleted after 90 days",
    "13(2)(a) closed": "at the latest 365 days after the letter closes",
    "13(2)(a) public names": "Public names: shown until 31 December 2099",
    "13(2)(a) mails": "Notes of sent mails, without addresses, are deleted after 30 days",
    "13(2)(a) bounces": "nothing more is sent about your signature for 90 days",
    "13(2)(a) networks": "for 24 hours at most",
    "13(2)(b) rights": "access, correction, deletion, restriction and a copy of your data",
    "13(2)(b) objection": "You can object",
    "13(2)(c) withdrawal": "withdraw your signature at any time",
    "13(2)(d) complaint": "complain to a data protection authority",
    "13(2)(e) whether it must be given": "Nobody is obliged to sign",
    "13(2)(e) what follows if not": "we cannot count a signature",
    "13(2)(f) automated decisions": "no decision is made by machines alone",
    "14(2)(f) source": "We have your data from the form",
    "no IP address": "IP addresses of visitors are not stored",
    "domains": "Of your e-mail address only the domain is looked up",
    "flags": "is noted with the signature for somebody to look at",
    "suppressions": "no more mail from us at all",
    "all one's links": "Send me my links",
}


def words(client: FlaskClient, path: str = NOTICE) -> str:
    """The page in one line."""
    page = client.get(path)
    assert page.status_code == 200
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())


def own_part(client: FlaskClient, path: str = NOTICE) -> Tag | None:
    return BeautifulSoup(client.get(path).text, "html.parser").select_one("main .text")


def imported(read: Folder) -> tuple[list[str], list[str]]:
    """Import over a letter that people have signed: what changed, and what did not."""
    rules = ImportRules("open-roads", frozenset(), has_signatures=True, names_until=date.max)
    with transaction():
        done = actions.import_folder(read, rules, by=make.OPERATOR)
    return done.changed, done.unchanged


def test_it_says_all_that_the_law_wants_said(client: FlaskClient) -> None:
    make.letter()
    page = words(client)
    assert [article for article, said in LAW.items() if said not in page] == []


def test_it_follows_the_settings(settings: Settings) -> None:
    changed = {"pending_days": 9, "bounced_days": 8, "reminder_days": 3, "settled_mail_days": 7}
    app = create_app(settings.model_copy(update=changed))
    with app.app_context():
        letter = make.letter()
        with transaction():
            switches.switch_reminders(letter, is_on=True, by=make.OPERATOR)
        said = words(app.test_client())
    let_go(app)
    for sentence in (
        "Unconfirmed signatures are deleted after 9 days.",
        "nothing more is sent about your signature for 8 days.",
        "we ask you once more after 3 days, and not again.",
        "are deleted after 7 days.",
    ):
        assert sentence in said


def test_signatures_from_elsewhere_are_told_of_where_there_are_some(client: FlaskClient) -> None:
    letter = make.letter()
    about = About(Kind.PAPER, "Market square", date(2026, 3, 1))
    assert "on paper or elsewhere" not in words(client)
    with transaction():
        sheets = collections.begin_sheets(letter, about, by=make.OPERATOR)
        entering.enter(sheets, Signer(Person(name="Ada Quist"), "", "", "1"), by=make.OPERATOR)
    assert "Signatures collected on paper or elsewhere are kept in the same way" in words(client)


def test_reminders_are_told_of_where_they_are_on_alone(client: FlaskClient) -> None:
    make.letter()
    assert "once more" not in words(client)


def test_a_controller_that_runs_the_site_is_named_once(client: FlaskClient) -> None:
    make.letter(controller="Example Association, 1 Station Road")
    assert "run on behalf of" not in words(client)


def test_the_campaigns_own_words_stand_in_their_language_alone(app: Flask) -> None:
    read = make.folder(("en", "fr", "de"))
    french, german = read.translations
    french = replace(french, privacy="Demandez à *Ada*.")
    make.letter(read=replace(read, translations=(french, german)))
    client = app.test_client()

    part = own_part(client, "/fr/open-roads/privacy")
    assert part is not None
    assert (part["lang"], part["dir"]) == ("fr", "ltr")
    assert "<em>Ada</em>" in str(part)
    assert own_part(client, "/de/open-roads/privacy") is None
    assert own_part(client) is None


def test_the_campaigns_own_words_are_sanitised_as_the_letters_are(client: FlaskClient) -> None:
    read = make.folder()
    make.letter(read=replace(read, default=replace(read.default, privacy=OWN)))
    part = own_part(client)
    assert part is not None
    assert part.select_one("h3") is not None  # its own heading stands below the page's
    assert part.select("script, [onclick]") == []
    assert "alert" not in part.text
    assert "Bye" in part.text


def test_own_words_may_change_when_people_have_signed_and_show_as_changed(app: Flask) -> None:
    make.signature(make.letter())
    read = make.folder()
    told = replace(read, default=replace(read.default, privacy="Ask Ada."))
    assert imported(told) == (["en"], ["fr"])
    assert imported(told) == ([], ["en", "fr"])
    default, _others, _settings = queries.as_folder(queries.get_by_slug("open-roads"))
    assert default.privacy == "Ask Ada."
    assert imported(read) == (["en"], ["fr"])
    assert own_part(app.test_client()) is None
    assert queries.list_corrections(queries.get_by_slug("open-roads"), "en") == []


def test_it_speaks_every_language(client: FlaskClient) -> None:
    make.letter()
    for tag in locales.languages():
        assert len(words(client, f"/{tag}/open-roads/privacy")) > 1000
