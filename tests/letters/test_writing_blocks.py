"""Texts in their blocks: apart, together, beside their original."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signing.letters import blocks, markdown, pieces
from signing.letters.blocks import Change
from signing.letters.pieces import Mark, Piece

FRAGMENTS = (
    "# H", "para", "para two", "- a", "- b", "* c", "1. x", "    code", "```", "> q",
    "| a | b |\n|---|---|\n| 1 | 2 |", "<div>", "</div>", "<!-- x", "-->", "[n]: https://e.org",
    "[n]", "***", "  - nested", "\tx", "===", "text\\", "", "",
)  # fmt: skip
documents = st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("\n".join)
paragraphs = st.lists(st.text("abc #-", min_size=1).filter(str.strip), max_size=6)


def bare(html: str) -> str:
    return "".join(html.split())


@settings(max_examples=300, deadline=None)
@given(documents)
def test_a_text_taken_apart_and_joined_says_the_same(text: str) -> None:
    tidy = blocks.tidy(text)
    assert blocks.split(tidy) == blocks.split(text)
    assert bare(markdown.render(tidy)) == bare(markdown.render(text))


@settings(max_examples=200, deadline=None)
@given(paragraphs, paragraphs)
def test_nothing_is_lost_where_texts_are_laid_side_by_side(
    sources: list[str], texts: list[str]
) -> None:
    beside = blocks.align(sources, texts)
    assert len(beside) == len(sources) or not sources
    assert bare("".join(beside)) == bare("".join(texts))


def test_headings_lists_and_tables_are_blocks_of_their_own() -> None:
    text = "# A\nwords\n- one\n\n  two\n\n| a |\n|---|\n| b |\n\n> q\n> r\n\n[x]: https://e.org"
    apart = ["# A", "words", "- one\n\n  two", "| a |\n|---|\n| b |", "> q\n> r"]
    assert blocks.split(text) == [*apart, "[x]: https://e.org"]


def test_a_translation_that_misses_a_heading_keeps_its_place() -> None:
    sources = ["# Now", "The roads are closed.", "# Then", "Open them all, today."]
    texts = ["# Maintenant", "Les routes sont fermées.", "Ouvrez-les toutes, aujourd’hui."]
    assert blocks.align(sources, texts) == [texts[0], texts[1], "", texts[2]]


def test_a_text_without_end_is_cut_into_so_many_blocks_and_no_more() -> None:
    text = "\n\n".join(["a"] * (blocks.MOST_BLOCKS + 50))
    assert len(blocks.split(text)) == blocks.MOST_BLOCKS
    assert bare(blocks.tidy(text)) == "a" * (blocks.MOST_BLOCKS + 50)


def test_what_changed_is_found_word_by_word() -> None:
    parts = blocks.compare("open the roads", "open all the roads")
    assert [(part.change, part.text) for part in parts if part.change is not Change.SAME] == [
        (Change.ADDED, " all")
    ]
    assert "".join(part.text for part in parts if part.change is not Change.GONE) == (
        "open all the roads"
    )


MADE = [Piece("One.", "Un."), Piece("Two.", "Deux."), Piece("Three.", "Trois.")]


def test_a_changed_paragraph_is_marked_and_the_others_stay() -> None:
    rows = pieces.compare(MADE, "One.\n\nTwo, or so.\n\nThree.")
    assert [row.mark for row in rows] == [Mark.FITS, Mark.CHANGED, Mark.FITS]
    assert (rows[1].before, rows[1].now, rows[1].text) == ("Two.", "Two, or so.", "Deux.")


def test_a_new_paragraph_and_one_that_is_gone_are_told_apart() -> None:
    rows = pieces.compare(MADE, "Zero.\n\nOne.\n\nThree.")
    assert [(row.now, row.text, row.mark) for row in rows] == [
        ("Zero.", "", Mark.NEW),
        ("One.", "Un.", Mark.FITS),
        ("", "Deux.", Mark.GONE),
        ("Three.", "Trois.", Mark.FITS),
    ]


def test_a_mark_stays_until_somebody_writes_or_says_that_it_fits() -> None:
    row = pieces.compare(MADE, "One.\n\nTwo, or so.\n\nThree.")[1]
    left = pieces.settle(row, is_rewritten=False, is_checked=False)
    assert left == Piece("Two.", "Deux.")
    for is_rewritten, is_checked in ((True, False), (False, True)):
        done = pieces.settle(row, is_rewritten=is_rewritten, is_checked=is_checked)
        assert done == Piece("Two, or so.", "Deux.")


@settings(max_examples=100, deadline=None)
@given(documents, documents)
def test_a_whole_translation_taken_apart_reads_as_before(source: str, text: str) -> None:
    assert bare(pieces.whole(pieces.make(source, text))) == bare(blocks.tidy(text))
