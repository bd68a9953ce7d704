"""The staff area has words of its own, in its own languages; the public catalogues have none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from signing.staff_accounts import languages
from tests.laws.source import ROOT

TRANSLATIONS = ROOT / "translations"
WANTED = ("de", "es", "fr")
PARTS = re.compile(r"%\(\w+\)[a-z]|%%|</?[a-z][^>]*>")


def read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def ids(catalog: Catalog) -> set[str]:
    return {forms(message.id)[0] for message in catalog if message.id}


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the staff area says now, extracted as `make catalogues` does."""
    pot = tmp_path_factory.mktemp("catalogue") / "staff.pot"
    config = TRANSLATIONS / "staff.cfg"
    words = ["pybabel", "-q", "extract", "-F", str(config), "-k", "_l", "-o", str(pot), str(ROOT)]
    CommandLineInterface().run(words)  # type: ignore[no-untyped-call]
    return read(pot)


@pytest.fixture(params=WANTED)
def translated(request: pytest.FixtureRequest) -> Catalog:
    tag = str(request.param)
    return read(TRANSLATIONS / tag / "LC_MESSAGES" / "staff.po", tag)


def test_the_staff_speaks_these_languages() -> None:
    assert languages.tags() == tuple(sorted(("en", *WANTED)))


def test_the_template_is_what_the_code_says(said: Catalog) -> None:
    assert ids(read(TRANSLATIONS / "staff.pot")) == ids(said), "run: make catalogues"


def test_nothing_is_missing_stale_fuzzy_or_empty(said: Catalog, translated: Catalog) -> None:
    assert ids(translated) == ids(said), "run: make catalogues"
    assert list(translated.obsolete) == []
    plurals = get_plural(str(translated.locale)).num_plurals
    for message in translated:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(forms(message.string)), message.id
            wanted = plurals if message.pluralizable else 1
            assert len(forms(message.string)) == wanted, message.id


def test_what_is_filled_in_stays(translated: Catalog) -> None:
    for message in translated:
        originals = [sorted(PARTS.findall(text)) for text in forms(message.id) if text]
        for text in forms(message.string):
            assert not message.id or sorted(PARTS.findall(text)) in originals, message.id


def test_the_public_catalogues_hold_nothing_that_only_the_staff_reads(said: Catalog) -> None:
    public = read(TRANSLATIONS / "messages.pot")
    only_staff = {
        forms(message.id)[0]
        for message in public
        if message.id and all("staff" in place for place, _line in message.locations)
    }
    assert only_staff == set()
    assert len(said) > 100
