"""What becomes of a site generator's own marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.letters import shortcodes

PIECES = st.sampled_from(
    ["{{<", ">}}", "{{%", "%}}", "{{", "}}", "<", ">", "/", " ", "\n", "a", "b", "{{< a >}}"]
)


def test_a_pair_goes_and_its_words_stay() -> None:
    text, notes = shortcodes.remove('{{< alert "pen" >}}\nWords.\n{{< /alert >}}', keep_words=True)

    assert text == "\nWords.\n"
    assert notes == [(1, "shortcode alert removed, its words kept")]


def test_a_pair_goes_with_its_words_where_asked() -> None:
    text, notes = shortcodes.remove("{{< alert>}}\nWords.\n{{< /alert >}}\nMore", keep_words=False)

    assert text == "\n\n\nMore"  # what follows keeps its line number
    assert notes == [(1, "shortcode alert removed, its words dropped")]


@pytest.mark.parametrize(
    "tag", ["{{< x >}}", "{{< x />}}", "{{<x>}}", "{{% x %}}", '{{< x "a>b" >}}']
)
def test_a_tag_of_its_own_goes(tag: str) -> None:
    assert shortcodes.remove(f"a{tag}b", keep_words=True) == ("ab", [(1, "shortcode x removed")])


def test_pairs_nest() -> None:
    text, notes = shortcodes.remove("{{< a >}}1{{< b >}}2{{< /b >}}3{{< /a >}}", keep_words=True)
    assert text == "123"
    assert [what for _, what in notes] == [
        "shortcode a removed, its words kept",
        "shortcode b removed, its words kept",
    ]

    assert shortcodes.remove("0{{< a >}}1{{< b />}}{{< /a >}}4", keep_words=False)[0] == "04"


def test_each_occurrence_is_named_with_its_line() -> None:
    _, notes = shortcodes.remove("{{< x >}}\n\n{{< x >}} and {{% /y %}}", keep_words=True)

    assert notes == [
        (1, "shortcode x removed"),
        (3, "shortcode x removed"),
        (3, "shortcode y removed"),
    ]


def test_no_hard_line_break_is_left_behind() -> None:
    assert shortcodes.remove("words  {{< x >}} \nmore", keep_words=True)[0] == "words\nmore"


@given(st.lists(PIECES, max_size=30).map("".join), st.booleans())
def test_nothing_is_left_to_remove_and_every_line_stays(text: str, keep_words: bool) -> None:
    removed, _ = shortcodes.remove(text, keep_words=keep_words)

    assert shortcodes.remove(removed, keep_words=keep_words) == (removed, [])
    assert removed.count("\n") == text.count("\n")
