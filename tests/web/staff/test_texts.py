"""Writing and translating in the browser, without a script: the whole way, and the wrong turns."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from signing.core.db import transaction
from signing.letters import drafts, queries, writing
from signing.letters.models import Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.staff import Browser

TEXTS = "/staff/letters/open-roads/texts"
NOTE = '<p class="note">'  # that the text is stale, or in another language than the page


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(locales=("en", "fr", "ar"))


@pytest.fixture
def owner(app: Flask) -> Browser:
    return staff.browser(app, staff.member())


def form_of(page: TestResponse, action: str = "") -> dict[str, str]:
    """The fields of the page's editor, as a browser would send them."""
    soup = BeautifulSoup(page.text, "html.parser")
    form = soup.find("form", class_="editor")
    assert isinstance(form, Tag)
    sent = {}
    for one in form.find_all(["input", "textarea"]):
        if one.get("type") == "checkbox" and not one.has_attr("checked"):
            continue
        value = one.get("value", "") if one.name == "input" else one.text.removeprefix("\n")
        sent[str(one["name"])] = str(value)
    return sent


def write(browser: Browser, into: str, **values: Any) -> TestResponse:
    """Open the editor, type, save."""
    sent = form_of(browser.get(f"{TEXTS}/{into}")) | {
        name.replace("_", "-") if name.startswith("text_") else name: value
        for name, value in values.items()
    }
    return browser.post(f"{TEXTS}/{into}", **sent)


def press(browser: Browser, deed: str, into: str, **values: str) -> TestResponse:
    version = writing.get(queries.get_by_any_slug("open-roads"), into).version
    return browser.post(f"{TEXTS}/{into}/{deed}", version=str(version), **values)


def public(app: Flask, path: str) -> str:
    return app.test_client().get(path).text


def test_a_letter_is_begun_written_translated_and_published(app: Flask, owner: Browser) -> None:
    answer = owner.post("/staff/new-letter", title="Straßen für alle!", locale="de", slug="")
    address = answer.headers["Location"]
    assert address == "/staff/letters/strassen-fuer-alle/texts/de"
    sent = form_of(owner.get(address)) | {"body": "Sehr geehrter Rat,\r\n\r\nöffnen Sie sie."}
    assert owner.post(address, **sent).status_code == 303
    texts = "/staff/letters/strassen-fuer-alle/texts"
    assert owner.post(f"{texts}/languages", locale="ar").headers["Location"] == f"{texts}/ar"
    sent = form_of(owner.get(f"{texts}/ar"))
    assert (sent["now-0"], sent["now-title"]) == ("Sehr geehrter Rat,", "Straßen für alle!")
    sent |= {"text-title": "طرق للجميع", "text-0": "إلى المجلس،", "text-1": "افتحوها."}
    assert owner.post(f"{texts}/ar", **sent).status_code == 303
    for into, version in (("de", "2"), ("ar", "2")):
        answer = owner.post(f"{texts}/{into}/publish", version=version)
        assert answer.status_code == 303, staff.words(answer)
    letter = queries.get_by_any_slug("strassen-fuer-alle")
    assert queries.list_locales(letter.id) == ["ar", "de"]


@pytest.mark.parametrize(
    ("title", "slug", "why"),
    [
        ("", "x", "Enter a title"),
        ("x" * 301, "x", "too long"),
        ("道路", "", "small Latin letters"),
        ("T", "Über", "small Latin letters"),
        ("T", "staff", "some are taken"),
        ("T", "open-roads", "Another letter"),
    ],
)
@pytest.mark.usefixtures("letter")
def test_a_letter_without_title_or_address_is_not_begun(
    owner: Browser, title: str, slug: str, why: str
) -> None:
    answer = owner.post("/staff/new-letter", title=title, locale="en", slug=slug)
    assert answer.status_code == 422
    assert why in staff.words(answer)
    assert f'value="{title}"' in answer.text


def test_an_editor_of_one_letter_is_told_who_begins_letters(app: Flask, letter: Letter) -> None:
    browser = staff.browser(app, staff.member(held=[Held(Role.EDITOR, letter.id)]))
    assert "owners and editors of all letters" in staff.words(browser.get("/staff/new-letter"))
    assert browser.post("/staff/new-letter", title="T", locale="en").status_code == 403


def test_what_is_saved_is_seen_by_nobody_until_it_is_published(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    assert write(owner, "fr", text_1="ouvrez *toutes* les routes.").status_code == 303
    assert "with changes not published yet" in staff.words(owner.get(TEXTS))
    assert "toutes" not in public(app, "/fr/open-roads")
    assert press(owner, "publish", "fr").status_code == 303
    assert "<em>toutes</em>" in public(app, "/fr/open-roads")


def test_a_translator_writes_their_languages_and_finds_nothing_else(
    app: Flask, letter: Letter
) -> None:
    who = staff.member(held=[Held(Role.TRANSLATOR, letter.id, ("fr", "en"))])
    browser = staff.browser(app, who)
    page = browser.get(TEXTS)
    assert "Français" in page.text
    assert "العربية" not in page.text
    assert write(browser, "fr", text_0="Cher conseil,").status_code == 303
    for into in ("ar", "en"):  # another language; the original, even with that language
        assert browser.get(f"{TEXTS}/{into}").status_code == 403
        assert browser.post(f"{TEXTS}/{into}", body="x").status_code == 403
        assert browser.post(f"{TEXTS}/{into}/review", version="0").status_code == 403
    assert press(browser, "review", "fr").status_code == 303
    assert press(browser, "publish", "fr").status_code == 403
    assert "Changes reviewed" in staff.words(browser.get(TEXTS))


def test_two_translators_write_two_languages_at_once(app: Flask, letter: Letter) -> None:
    french = staff.browser(
        app, staff.member(held=[Held(Role.TRANSLATOR, letter.id, ("fr",))], email="f@example.org")
    )
    arabic = staff.browser(
        app, staff.member(held=[Held(Role.TRANSLATOR, letter.id, ("ar",))], email="a@example.org")
    )
    typed = {
        "fr": form_of(french.get(f"{TEXTS}/fr")) | {"text-0": "Cher conseil,"},
        "ar": form_of(arabic.get(f"{TEXTS}/ar")) | {"text-0": "إلى المجلس،"},
    }
    assert french.post(f"{TEXTS}/fr", **typed["fr"]).status_code == 303
    assert arabic.post(f"{TEXTS}/ar", **typed["ar"]).status_code == 303
    assert writing.get(letter, "fr").pieces[0].text == "Cher conseil,"
    assert writing.get(letter, "ar").pieces[0].text == "إلى المجلس،"


def test_two_who_save_the_same_text_see_both_and_lose_nothing(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    typed = form_of(owner.get(f"{TEXTS}/fr")) | {"text-0": "La mienne,"}
    other = staff.browser(app, staff.member("ben@example.org"))
    write(other, "fr", text_0="La leur,")
    answer = owner.post(f"{TEXTS}/fr", **typed)
    assert answer.status_code == 409
    said = staff.words(answer)
    assert "La mienne," in said
    assert "La leur," in said
    assert writing.get(letter, "fr").pieces[0].text == "La leur,"
    assert owner.post(f"{TEXTS}/fr", **form_of(answer)).status_code == 303
    assert writing.get(letter, "fr").pieces[0].text == "La mienne,"


def test_a_signed_original_asks_why(app: Flask, owner: Browser, letter: Letter) -> None:
    make.signature(letter)
    write(owner, "en", body="Dear council,\n\nopen them all.")
    answer = press(owner, "publish", "en")
    assert answer.status_code == 422
    assert "Say why it is changed" in staff.words(answer)
    assert "open them all" not in public(app, "/en/open-roads")
    assert press(owner, "publish", "en", correction="One was missing.").status_code == 303
    page = public(app, "/en/open-roads")
    assert "open them all" in page
    assert "One was missing." in page


def test_paragraphs_that_the_original_changed_are_marked_until_they_are_settled(
    owner: Browser, letter: Letter
) -> None:
    write(owner, "en", body="Dear council,\n\nopen *all* roads (en).\n\nNow.")
    press(owner, "publish", "en")
    page = owner.get(f"{TEXTS}/fr")
    assert "The original changed here since" in page.text
    assert "<ins>" in page.text
    assert "Out of date" in staff.words(owner.get(TEXTS))
    write(owner, "fr", **{"ok-1": "y", "text_2": "Maintenant."})
    assert "The original changed here since" not in owner.get(f"{TEXTS}/fr").text
    press(owner, "publish", "fr")
    assert not writing.get(letter, "fr").is_stale


def test_a_translation_is_declared_still_valid_with_one_button(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    write(owner, "en", body="Dear council,\n\nopen the *roads* (en)!")
    press(owner, "publish", "en")
    assert NOTE in public(app, "/fr/open-roads")
    assert press(owner, "keep", "fr").status_code == 303
    assert NOTE not in public(app, "/fr/open-roads")


def test_a_language_taken_off_the_page_and_thrown_away_is_gone(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    assert "Signatures made in it stay and count" in staff.words(owner.get(TEXTS))
    assert press(owner, "unpublish", "fr").status_code == 303
    assert NOTE in public(app, "/fr/open-roads")
    assert "roads</em> (en)" in public(app, "/fr/open-roads")
    assert press(owner, "discard", "fr").status_code == 303
    assert owner.get(f"{TEXTS}/fr").status_code == 404
    assert press(owner, "unpublish", "en").status_code == 409


def test_a_whole_translation_pasted_is_laid_beside_the_original(
    owner: Browser, letter: Letter
) -> None:
    write(owner, "fr", whole="Cher conseil,\n\nouvrez-les.")
    assert [one.text for one in writing.get(letter, "fr").pieces] == [
        "Cher conseil,",
        "ouvrez-les.",
    ]


def test_the_preview_shows_what_was_typed_and_keeps_nothing(owner: Browser, letter: Letter) -> None:
    sent = form_of(owner.get(f"{TEXTS}/ar")) | {"text-0": "**إلى** <script>x</script>"}
    page = owner.post(f"{TEXTS}/ar/look", **sent)
    soup = BeautifulSoup(page.text, "html.parser")
    shown = soup.find(id="look")
    assert isinstance(shown, Tag)
    assert shown.find("strong") is not None
    assert shown.find("script") is None
    assert shown.find(dir="rtl", lang="ar") is not None
    assert form_of(page)["text-0"] == "**إلى** <script>x</script>"
    part = owner.post(f"{TEXTS}/ar/look", part="1", **sent)
    assert part.text.strip().startswith("<div")
    assert writing.get(letter, "ar").version == 0


def test_arabic_stands_on_the_right_side(owner: Browser, letter: Letter) -> None:
    soup = BeautifulSoup(owner.get(f"{TEXTS}/ar").text, "html.parser")
    field, source = soup.find(id="text-0"), soup.find(id="source-0")
    assert isinstance(field, Tag)
    assert isinstance(source, Tag)
    assert (field["lang"], field["dir"]) == ("ar", "rtl")
    assert (source["lang"], source["dir"]) == ("en", "ltr")


def test_the_longest_letter_fits_into_the_form_and_a_longer_one_is_given_back(
    owner: Browser, letter: Letter
) -> None:
    assert write(owner, "en", body="路" * 200_000).status_code == 303
    answer = write(owner, "en", body="a" * 200_001)
    assert answer.status_code == 422
    assert "too long" in staff.words(answer)
    assert form_of(answer)["body"] == "a" * 200_001
    assert owner.post(f"{TEXTS}/en", body="a" * 9_000_000).status_code == 413


def test_nonsense_in_the_form_breaks_nothing(owner: Browser, letter: Letter) -> None:
    for rows, version in (("x", "-1"), ("99999999999", "²"), ("700", "1" * 30)):
        answer = owner.post(f"{TEXTS}/fr", rows=rows, version=version, based_on="zz")
        assert answer.status_code in {303, 409}
    for version in ("", "x", "-1", "9" * 30):
        assert owner.post(f"{TEXTS}/fr/publish", version=version).status_code in {409, 422}
    assert owner.post(f"{TEXTS}/languages", locale="xx").status_code == 404
    assert owner.get(f"{TEXTS}/de").status_code == 404


def test_what_lacks_something_is_not_offered_for_publication(
    owner: Browser, letter: Letter
) -> None:
    with transaction():
        drafts.add_language(letter, "de", by=make.OPERATOR)
    assert "The title is missing. There is no text yet." in staff.words(owner.get(TEXTS))
    assert press(owner, "publish", "de").status_code == 422
    assert queries.list_locales(letter.id) == ["ar", "en", "fr"]
