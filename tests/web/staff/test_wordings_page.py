"""The sentences people agree to: read, approved by name; and the small texts by language."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from signing.audit import queries as audit
from signing.letters import queries, wordings
from signing.letters.models import ConsentPurpose, Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.staff import Browser

HERE = "/staff/letters/open-roads/wordings"
TEXTS = "/staff/letters/open-roads/small-texts"


def letter() -> Letter:
    staff.look_anew()
    return queries.get_by_any_slug("open-roads")


@pytest.fixture
def editor(app: Flask) -> Browser:
    make.letter(locales=("en", "ar"), newsletter="I want your letter.")
    return staff.browser(app, staff.member(held=[Held(Role.EDITOR)], has_app=False))


def ids(page: str, tag: str) -> list[str]:
    """Of the wordings that wait in this language."""
    part = page.partition(f'<summary><bdi lang="{tag}">')[2].partition("<summary><bdi")[0]
    return re.findall(r'name="wording" value="(\w{32})"', part)


def test_they_are_approved_by_name_and_a_new_version_waits_again(editor: Browser) -> None:
    unread = wordings.count_unreviewed()
    page = editor.get(HERE).text
    waiting = ids(page, "en")
    assert len(waiting) == 5
    assert editor.post(f"{HERE}/approve", wording=waiting).status_code == 303
    assert editor.post(f"{HERE}/approve", wording=waiting).status_code == 303  # twice is once
    assert "by Ada Quist" in staff.words(editor.get(HERE))
    assert not ids(editor.get(HERE).text, "en")
    staff.look_anew()
    assert wordings.count_unreviewed() == unread - len(waiting)
    events = audit.list_of_letter(letter().id)
    assert [one.details for one in events if "approved" in one.verb] == [{"approved": 5}]
    make.letter(locales=("en", "ar"), newsletter="I want another letter.")
    newer = ids(editor.get(HERE).text, "en")
    assert len(newer) == 1
    assert newer[0] not in waiting
    assert "Version 2" in staff.words(editor.get(HERE))
    assert "I want your letter." in staff.words(editor.get(HERE))  # the older one


def test_nobody_approves_what_is_not_there_or_elsewhere(editor: Browser) -> None:
    make.letter("other")
    foreign = wordings.list_shown(queries.get_by_any_slug("other"), "en")[ConsentPurpose.SIGN]
    editor.post(f"{HERE}/approve", wording=[foreign.id.hex, "nonsense", "0" * 32, ""])
    staff.look_anew()
    kept = wordings.list_shown(queries.get_by_any_slug("other"), "en")[ConsentPurpose.SIGN]
    assert kept.reviewed_at is None


def test_a_draft_has_its_wordings_written_before_it_opens(app: Flask) -> None:
    make.letter(state="draft")
    browser = staff.browser(app, staff.member())
    assert "There are none yet" in staff.words(browser.get(HERE))
    assert browser.post(f"{HERE}/prepare").status_code == 303
    assert len(ids(browser.get(HERE).text, "en")) == 4
    make.letter("bare", state="draft", controller="")
    assert browser.post("/staff/letters/bare/wordings/prepare").status_code == 422


def test_small_texts_are_shown_in_their_own_language(editor: Browser) -> None:
    values = {
        "thanks": "شكرا **جزيلا**", "newsletter": "أريد رسالتكم.", "picture_alt": "شارع",
        "delivery_note": "",
    }  # fmt: skip
    assert editor.post(f"{TEXTS}/ar", **values).status_code == 303
    assert "<strong>جزيلا</strong>" in editor.get("/ar/open-roads/thanks").text
    assert "جزيلا" not in editor.get("/en/open-roads/thanks").text
    assert "أريد رسالتكم." in editor.get("/ar/open-roads").text
    assert "I want your letter." in editor.get("/en/open-roads").text
    assert "I want your letter." in editor.get("/fr/open-roads").text  # as in the letter's own
    assert "written" in staff.words(editor.get(TEXTS))
    page = editor.get(f"{TEXTS}/ar").text
    assert 'lang="ar" dir="rtl"' in page
    assert "شارع" in page


def test_a_preview_keeps_what_was_typed_and_changes_nothing(editor: Browser) -> None:
    answer = editor.post(f"{TEXTS}/en", thanks="Much *obliged* <script>x</script>", preview="1")
    assert answer.status_code == 200
    assert "<em>obliged</em>" in answer.text
    assert "<script>x" not in answer.text
    assert "obliged" not in editor.get("/en/open-roads/thanks").text
    long = editor.post(f"{TEXTS}/en", thanks="x" * 5001)
    assert long.status_code == 422
    assert "x" * 5001 in long.text
    assert editor.get(f"{TEXTS}/ja").status_code == 404


def test_a_translator_writes_the_languages_of_the_role_alone(app: Flask, editor: Browser) -> None:
    who = staff.member(
        "tr@example.org", [Held(Role.TRANSLATOR, letter().id, ("ar",))], has_app=False
    )
    translator = staff.browser(app, who)
    page = translator.get(TEXTS)
    assert f"{TEXTS}/ar" in page.text
    assert f"{TEXTS}/en" not in page.text
    assert translator.post(f"{TEXTS}/en", thanks="Thanks").status_code == 403
    assert translator.post(f"{TEXTS}/ar", thanks="شكرا").status_code == 403  # visitors read it
    assert translator.get(f"{TEXTS}/ar").status_code == 200
    assert translator.post(f"{HERE}/approve").status_code == 403
