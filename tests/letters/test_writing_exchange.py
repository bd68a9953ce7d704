"""Translations carried out and brought back: nothing lost, nothing believed."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import replace

import pytest
from babel import Locale
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.core import locales
from signing.letters import archive, exchange, po, writing, xliff
from signing.letters.exchange import FileUnusable, Unit
from signing.letters.folder import FolderBroken
from tests import make

# What stands in texts: no control characters, which `texts_forms.clean` takes out before.
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), min_size=1, max_size=60
).filter(lambda text: bool(text.strip()) and not {"\x85", "\u2028", "\u2029"} & set(text))
units = st.lists(st.tuples(words, words, st.booleans()), max_size=5).map(
    lambda found: [Unit(f"p{at}", *one) for at, one in enumerate(found)]
)
FRENCH, ENGLISH = Locale("fr"), Locale("en")


@settings(max_examples=150, deadline=None)
@given(units)
def test_po_brings_back_what_it_carried_out(carried: list[Unit]) -> None:
    brought = po.read(po.write(FRENCH, ENGLISH, "roads", carried))
    assert brought.locale == "fr"
    assert list(brought.units) == carried


@settings(max_examples=150, deadline=None)
@given(units)
def test_xliff_brings_back_what_it_carried_out(carried: list[Unit]) -> None:
    legal = [one for one in carried if not xliff._ILLEGAL.search(one.source + one.text)]
    brought = xliff.read(xliff.write("en", "fr", "roads", legal))
    assert brought.locale == "fr"
    assert list(brought.units) == legal


@pytest.mark.parametrize("tag", locales.languages())
def test_every_language_of_ours_finds_its_way_back(tag: str) -> None:
    language = locales.languages()[tag]
    for content, read in (
        (po.write(language.babel, ENGLISH, "roads", [Unit("p1", "a", "b")]), po.read),
        (xliff.write("en", tag, "roads", [Unit("p1", "a", "b")]), xliff.read),
    ):
        assert locales.choose([read(content).locale], locales.languages(), "") == tag


def test_xliff_2_is_read_too() -> None:
    brought = xliff.read(
        b'<xliff version="2.0" srcLang="en" trgLang="pt-PT" '
        b'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f"><unit id="p1">'
        b'<segment state="translated"><source>Open <pc id="1">them</pc>.</source>'
        b"<target>Abram-<pc id='1'>nas</pc>.</target></segment></unit></file></xliff>"
    )
    assert (brought.locale, list(brought.units)) == (
        "pt-pt",
        [Unit("p1", "Open them.", "Abram-nas.")],
    )


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xliff>&b;</xliff>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<",
        b"<html/>",
        BOMB,
        OUTSIDE,
        b"\xff\xfe<",
        b"<?xml version='1.0' encoding='x'?><xliff/>",
    ],
)
def test_what_is_no_xliff_or_a_trap_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnusable):
        xliff.read(content)


@pytest.mark.parametrize(
    "content",
    [
        b'msgid "a', b"\xff\xfe", b'msgid ""\nmsgstr "Language: nowhere-at-all\\n"\n', b"nonsense",
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=none\\n"\n\nmsgid "\xff"\n',
        b'msgid ""\nmsgstr "POT-Creation-Date: soon\\n"\n',
    ],
)  # fmt: skip
def test_what_is_no_po_is_refused_or_empty(content: bytes) -> None:
    with suppress(FileUnusable):
        assert po.read(content).units == ()


def test_a_header_of_a_po_cannot_ask_for_more_memory_than_there_is() -> None:
    head = b'msgid ""\nmsgstr "Plural-Forms: nplurals=99999999999999; plural=n;\\n"\n\n'
    plural = b'msgid "one"\nmsgid_plural "two"\nmsgstr[0] "un"\n\n'
    read = po.read(head + plural + b'msgctxt "p1"\nmsgid "a"\nmsgstr "b"\n')
    assert [(one.id, one.text) for one in read.units] == [("p1", "b")]


def test_units_within_units_are_none_and_each_text_is_read_once() -> None:
    inside = b"<trans-unit><source>x"

    def nested(depth: int) -> bytes:
        return b"<xliff>" + inside * depth + b"</source></trans-unit>" * depth + b"</xliff>"

    (unit,) = xliff.read(nested(40)).units
    assert unit.source == "x" * 40
    with pytest.raises(FileUnusable):
        xliff.read(nested(60_000))


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


ENGLISH_FILE = b"---\ntitle: T\n---\n\nOne.\n"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"../_index.md": ENGLISH_FILE},
        {"/etc/_index.md": ENGLISH_FILE},
        {"a\\..\\..\\_index.md": ENGLISH_FILE},
        {"a/b/_index.md": ENGLISH_FILE},
        {"a/_index.md": ENGLISH_FILE, "b/_index.md": ENGLISH_FILE},
        {"_index.md": b"\0" * 2_000_000},
        {f"{at}.md": b" " * 900_000 for at in range(8)},
        {f"{at}.md": b"" for at in range(archive.MOST_FILES + 1)},
        {"_index.md": b"no title"},
    ],
)
def test_an_archive_is_not_trusted(files: dict[str, bytes]) -> None:
    with pytest.raises((FileUnusable, FolderBroken)):
        archive.unpack(packed(files), known_locales={"en", "fr"}, default_locale="en")


def test_an_archive_that_is_damaged_inside_is_refused_whatever_packed_it() -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as made:
            made.writestr("_index.md", ENGLISH_FILE * 20)
        whole = stream.getvalue()
        for place in range(40, whole.index(b"PK\x01\x02")):
            broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            with suppress(FileUnusable, FolderBroken):
                archive.unpack(broken, known_locales={"en"}, default_locale="en")


@pytest.mark.parametrize(
    "damage", [b"", b"PK", b"PK\x03\x04nonsense", packed({"_index.md": b"x"})[:-9]]
)
def test_what_is_no_archive_is_refused(damage: bytes) -> None:
    with pytest.raises(FileUnusable):
        archive.unpack(damage, known_locales={"en"}, default_locale="en")


def test_an_archive_brings_back_the_letter() -> None:
    texts = [make.text("en", to="All"), make.text("fr"), make.text("ar", body="واحد\n\nاثنان")]
    content = archive.pack(texts[0], texts[1:], {"slug": "open-roads"})
    read = archive.unpack(content, known_locales={"en", "fr", "ar"}, default_locale="en")
    assert read.default == texts[0]
    assert {*read.translations} == {*texts[1:]}


def test_a_file_that_comes_back_as_it_went_changes_nothing(app: Flask) -> None:
    working = writing.get(make.letter(), "fr")
    taken = exchange.take(working, list(exchange.units(working)))
    assert (taken.foreign, taken.missing) == (0, 0)
    assert taken.written.pieces == working.pieces
    assert taken.written.title == working.title


def test_what_is_foreign_or_missing_is_said_and_nothing_is_lost(app: Flask) -> None:
    working = writing.get(make.letter(), "fr")
    carried = [one for one in exchange.units(working) if one.id != "p2"]
    carried.append(Unit("p9", "Another letter's words", "Autre"))
    taken = exchange.take(working, [replace(one, text=f"{one.text}!") for one in carried])
    assert (taken.foreign, taken.missing) == (1, 1)
    assert [one.text for one in taken.written.pieces] == [
        "Dear council,!",
        "open the *roads* (fr).",
    ]


def test_what_is_still_fuzzy_stays_marked(app: Flask) -> None:
    letter = make.letter()
    changed = replace(make.folder(), default=make.text("en", body="Dear council,\n\nopen them."))
    make.letter(read=changed)
    working = writing.get(letter, "fr")
    carried = list(exchange.units(working))
    assert [one.id for one in carried if one.is_open] == ["p2"]
    assert exchange.take(working, carried).written.pieces[1].source != "open them."
    settled = [replace(one, is_open=False) for one in carried]
    assert exchange.take(working, settled).written.pieces[1].source == "open them."
