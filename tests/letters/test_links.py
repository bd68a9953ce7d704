"""What becomes of links that only a site generator could follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.letters import links

BASE = "https://letters.example/en/"
PIECES = st.sampled_from(
    [
        *("[", "]", "](", ")", "](/x)", '](/x "t")', "<", ">", "<a href='/x'>", "</a>", "`", "\n"),
        *("\n\n", "[r]", "[r]: /x", "> ", "- ", "1. ", "| ", "|", "\n|-|-|\n", "\\", "!", "*", "w"),
        *("https://x.example", "<ftp://x>", "    ", "\t", "# ", "<div>", "&amp;", "é", "(", "\\|"),
    ]
)
ANYTHING = st.lists(PIECES, max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("a [*b*](/c) d", "a *b* d"),
        ('[b](c "title")', "b"),
        ("[b](<c d>)", "b"),
        ("[b](c\n'title') d", "b d"),
        ("[b](javascript:alert(1))", "b"),
        ("[b](//evil.example/x)", "b"),
        ("[b](#part)", "b"),
        ("<ftp://x.example>", "ftp://x.example"),
        ("> 1. [b](c)\n>    and [d](e)", "> 1. b\n>    and d"),
        ("# A [b](c) #", "# A b #"),
        ("| a | b |\n|---|---|\n| [b](c) | [b](d) |", "| a | b |\n|---|---|\n| b | b |"),
        ("[b][r] [r] [r][]\n\n[r]: /c 'title'", "b r r\n\n"),
        ("[b [c](/d)](/e)", "b c"),
        ('a <a class="x" href="/b">c</a> <a href="https://d.example">e</a>',
         'a c <a href="https://d.example">e</a>'),
        ('<div>\n<a href="/b">c</a>\n</div>', "<div>\nc\n</div>"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_goes_and_its_words_stay(text: str, settled: str) -> None:
    found, notes = links.settle(text)

    assert found == settled
    assert notes


@pytest.mark.parametrize(
    "text",
    [
        '[b](https://c.example/d?e=f&g=h "title")',
        "[b](mailto:us@example.org) <us@example.org> <https://c.example>",
        "[b][r]\n\n[r]: https://c.example",
        "`[b](/c)`",
        "```\n[b](/c)\n```",
        "    [b](/c)",
        r"\[b](/c)",
        "<!-- [b](/c) -->",
        "[b] (c) and ![alt](image.png)",
        "![alt][r]\n\n[r]: image.png",
    ],
)
def test_what_leads_somewhere_or_is_no_link_is_left_as_it_is(text: str) -> None:
    assert links.settle(text) == (text, [])
    assert links.settle(text, base_url=BASE) == (text, [])


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("[*b*](c)", "[*b*](https://letters.example/en/c)"),
        ('[b](/c "a \\"title\\"")', '[b](https://letters.example/c "a \\"title\\"")'),
        ("[b](../c_(d))", "[b](<https://letters.example/c_(d)>)"),
        ("[b][r]\n\n[r]: #c", "[b](https://letters.example/en/#c)\n\n"),
        ('<a href="c?d&amp;e">b</a>', '<a href="https://letters.example/en/c?d&amp;e">b</a>'),
        ("[b](javascript:alert(1))", "b"),
    ],
)
def test_with_a_base_a_relative_link_becomes_absolute(text: str, settled: str) -> None:
    assert links.settle(text, base_url=BASE)[0] == settled


def test_what_went_is_named_with_its_line() -> None:
    _, notes = links.settle("one\ntwo [b](/c)\n\n> three\n> [d](e#f)\n\n<a href='/g'>h</a>")

    assert notes == [
        (2, "link to /c removed, its words kept"),
        (5, "link to e#f removed, its words kept"),
        (7, "link to /g removed, its words kept"),
    ]


@given(ANYTHING, st.sampled_from(["", BASE]))
def test_settling_settles(text: str, base_url: str) -> None:
    settled, _ = links.settle(text, base_url=base_url)

    again, _ = links.settle(settled, base_url=base_url)
    assert again == settled
