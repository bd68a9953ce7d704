"""Every language says everything that the code says: nothing missing, stale, fuzzy or mangled."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from tests.laws.source import ROOT

TRANSLATIONS = ROOT / "translations"
CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
TAG = re.compile(r"</?[a-z][^>]*>")

Key = tuple[str | None, str]


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code says now, extracted as `make catalogues` does."""
    pot = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    config = TRANSLATIONS / "babel.cfg"
    words = ["pybabel", "-q", "extract", "-F", str(config), "-k", "_l", "-o", str(pot), str(ROOT)]
    CommandLineInterface().run(words)  # type: ignore[no-untyped-call]
    return _read(pot)


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-3])
def translated(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    return _read(path)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        locale = path.parts[-3] if path.suffix == ".po" else None
        return read_po(file, locale=locale, abort_invalid=True)


def _messages(catalog: Catalog) -> dict[Key, Message]:
    return {(m.context, _forms(m.id)[0]): m for m in catalog if m.id}


def _forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def test_the_template_is_what_the_code_says(said: Catalog) -> None:
    template = _read(TRANSLATIONS / "messages.pot")
    assert set(_messages(template)) == set(_messages(said)), "run: make catalogues"


def test_nothing_is_missing(said: Catalog, translated: Catalog) -> None:
    missing = set(_messages(said)) - set(_messages(translated))
    assert missing == set(), "run: make catalogues"


def test_nothing_is_stale(said: Catalog, translated: Catalog) -> None:
    stale = set(_messages(translated)) - set(_messages(said))
    assert stale == set(), "run: make catalogues"
    assert list(translated.obsolete) == []


def test_nothing_is_fuzzy(translated: Catalog) -> None:
    assert not translated.fuzzy
    assert [key for key, message in _messages(translated).items() if message.fuzzy] == []


def test_nothing_is_empty(translated: Catalog) -> None:
    messages = _messages(translated).items()
    assert [key for key, message in messages if not all(_forms(message.string))] == []


def test_there_are_as_many_plural_forms_as_the_language_has(translated: Catalog) -> None:
    wanted = get_plural(Locale.parse(str(translated.locale))).num_plurals
    assert translated.num_plurals == wanted
    wrong = [
        key
        for key, message in _messages(translated).items()
        if len(_forms(message.string)) != (wanted if message.pluralizable else 1)
    ]
    assert wrong == []


@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_what_is_filled_in_stays(translated: Catalog, pattern: re.Pattern[str]) -> None:
    assert list(_mangled(translated, lambda text: sorted(pattern.findall(text)))) == []


def _mangled(catalog: Catalog, parts: Callable[[str], list[str]]) -> Iterator[tuple[str, str]]:
    """Originals and translations whose parts differ; every plural form has those of an original.

    A form that is for one number alone may say it in words.
    """
    in_words = _forms_of_one_number(catalog)
    for message in _messages(catalog).values():
        originals = [parts(text) for text in _forms(message.id)]
        for place, form in enumerate(_forms(message.string)):
            worded = form + "%(count)s" if message.pluralizable and place in in_words else form
            if form and parts(form) not in originals and parts(worded) not in originals:
                yield _forms(message.id)[0], form


def _forms_of_one_number(catalog: Catalog) -> set[int]:
    form_of: Callable[[int], int] = gettext.c2py(catalog.plural_expr)
    forms = Counter(form_of(n) for n in range(1000))
    return {form for form, numbers in forms.items() if numbers == 1}
