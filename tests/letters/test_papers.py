"""The documents of data protection: filled for every letter, and never over a person's work."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

from signing import ROOT
from signing.cli import papers as command
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.letters import papers, queries, switches
from signing.letters.models import Letter
from signing.letters.papers import MARK, Site, Subject
from tests import make

TEMPLATES = ROOT / "docs" / "data-protection"
NAMES = sorted(path.name for path in TEMPLATES.glob("*.md") if path.name != papers.INDEX)
TODAY = date(2026, 11, 21)
LEFT = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bTrue\b|\bFalse\b|Undefined|Markup\(")


def filled(letter: Letter, settings: Settings) -> dict[str, str]:
    translations = queries.list_translations(letter.id)
    subject = papers.describe(letter, translations, address="https://l.example.org/open-roads")
    site = command.site(settings)
    return papers.fill(TEMPLATES, letter=subject, site=site, today=TODAY)


def rich() -> Letter:
    """A letter that uses everything there is."""
    read = make.folder(
        ("en", "fr", "ar"),
        goal=5000,
        fields=("country", "city", "comment"),
        newsletter="Our newsletter | monthly.",
        controller="Road Friends\n1 Lane\nExampleton",
    )
    own = replace(read.default, privacy="Ask Ada.")
    letter = make.letter(read=replace(read, default=own))
    with transaction():
        switches.switch_reminders(letter, is_on=True, by=make.OPERATOR)
    return letter


ALL_ON = {
    "base_url": "https://letters.example.org",
    "smtp_url": "smtps://user:geheim@mail.example.org",
    "redis_url": "redis://:geheim@127.0.0.1:6379/0",
    "bounce_address": "bounces@example.org",
    "dkim_selector": "s1",
    "dkim_key": "geheim",
    "operator_address": "1 Station Road",
    "pending_days": 9,
}


def test_there_are_the_seven_documents() -> None:
    assert NAMES == [
        "breach-plan.md",
        "deletion-plan.md",
        "impact-assessment.md",
        "joint-controllers.md",
        "measures.md",
        "processor-contract.md",
        "record-of-processing.md",
    ]
    index = (TEMPLATES / papers.INDEX).read_text("utf-8")
    assert [name for name in NAMES if f"({name})" not in index] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_asks_for_nothing_unknown(name: str) -> None:
    tree = papers.reader(TEMPLATES).parse((TEMPLATES / name).read_text("utf-8"))
    known = {"letter": Subject, "site": Site}
    asked = {
        (node.node.name, node.attr)
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    }

    assert meta.find_undeclared_variables(tree) <= {*known, "today"}
    for who, what in asked:
        assert what in {field.name for field in fields(known[who])}, f"{who}.{what}"


def test_a_letter_with_everything_fills_every_placeholder(app: Flask, settings: Settings) -> None:
    told = filled(rich(), settings.model_copy(update=ALL_ON))

    assert sorted(told) == NAMES
    for name, text in told.items():
        assert LEFT.search(text) is None, name
        assert text.endswith("\n")
        assert "geheim" not in text, name
        assert "Road Friends 1 Lane Exampleton" in text or name == "measures.md", name
    everything = "\n".join(told.values())
    for fact in (
        "hello@example.org", "The council of roads", "Arabic, English, and French", "5,000",
        "name, e-mail address, country, town, and comment", "name, country, and town",
        "Our newsletter \\| monthly.", "By pressing the button I ask Road Friends 1 Lane",
        "31 December 2099", "21 November 2026", "1 Station Road", "mail.example.org",
        "https://letters.example.org/en/my-links", "unconfirmed 9 days", "in Redis",
        "one reminder asks once more", "Mails are signed by us", "Bounces are read",
        "words of its own to the privacy notice in: English",
    ):  # fmt: skip
        assert fact in everything, fact


def test_a_letter_with_nothing_leaves_it_to_a_person(app: Flask, settings: Settings) -> None:
    bare = make.folder(("en",), controller="", contact="", to="", state="draft")
    bare_settings = {key: value for key, value in bare.settings.items() if value}
    letter = make.letter(read=replace(bare, settings=bare_settings))
    told = filled(letter, settings.model_copy(update={"operator": "", "nameservers": ("off",)}))

    for name, text in told.items():
        assert LEFT.search(text) is None, name
        wanted = "operator" if name == "breach-plan.md" else "who runs the machine"
        assert re.search(rf"{re.escape(MARK)}: .*{wanted}\]", text), name
    assert f"{MARK}: none yet: the letter has not been opened]" in told["impact-assessment.md"]
    assert "domains are not looked up" in told["record-of-processing.md"]
    assert "The address is not https" in told["measures.md"]
    assert "one reminder" not in told["impact-assessment.md"]


def test_an_operator_that_is_the_controller_needs_no_contract_with_itself(
    app: Flask, settings: Settings
) -> None:
    said = "needed; you may"
    letter = make.letter(controller="Example Association, 1 Station Road")
    assert said in filled(letter, settings)["processor-contract.md"]
    other = make.letter(slug="other-roads")
    assert said not in filled(other, settings)["processor-contract.md"]


def test_what_the_tables_say_of_settings_exists() -> None:
    """A table row stays one row, whatever is filled in; and settings are named as they are."""
    for name in NAMES:
        text = (TEMPLATES / name).read_text("utf-8")
        for setting in re.findall(r"\bSIGNING_(\w+)", text):
            assert setting.lower() in Settings.model_fields, setting


def test_documents_that_are_there_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "papers"
    papers.keep({"a.md": "A", "b.md": "B"}, folder)
    (folder / "a.md").write_text("mine")
    (folder / "b.md").unlink()

    with pytest.raises(papers.PapersThere, match=r"a\.md.*--force"):
        papers.keep({"a.md": "A", "b.md": "B"}, folder)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"a.md": "mine"}

    papers.keep({"a.md": "A", "b.md": "B"}, folder, force=True)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"a.md": "A", "b.md": "B"}


def test_what_cannot_be_written_whole_is_not_there_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        papers.keep({"a.md": "A", "b.md": "\ud800"}, tmp_path)
    assert list(tmp_path.iterdir()) == []
