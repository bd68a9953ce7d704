"""What becomes of a letter's Markdown."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing.letters import markdown

VOID = {"br", "hr"}
PIECES = st.sampled_from(
    [
        *(
            "<",
            ">",
            "</",
            '"',
            "'",
            "=",
            " ",
            "\n",
            "\n\n",
            "`",
            "```",
            "    ",
            "&#106;",
            "\\",
            "\0",
        ),
        *("# ", "- ", "1. ", "> ", "| a |", "|--|", "[", "](", ")", "![", "[x]: ", "<!--", "-->"),
        *(
            "script",
            "style",
            "svg",
            "math",
            "iframe",
            "a href",
            "img src",
            "p",
            "table",
            "td",
            "h1",
        ),
        *("onclick", "javascript:", "JaVaScRiPt:", "data:text/html,", "//evil.example", "/x", "é"),
        *("<script>", "</script>", "<a href='javascript:alert(1)'>", "<p onclick=alert(1)>", "<b>"),
    ]
)
ANYTHING = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)


class Page(HTMLParser):
    """Refuses what the sanitiser should not have let through."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in markdown.TAGS
        for name, value in attrs:
            assert name in markdown.ATTRIBUTES.get(tag, set()) | {"rel"}
            if name == "href":
                assert urlsplit(value or "").scheme in markdown.SCHEMES
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment came through: {data}")

    def handle_pi(self, data: str) -> None:
        pytest.fail(f"an instruction came through: {data}")


@given(ANYTHING)
@example("<svg><style><img src=x onerror=alert(1)></style></svg>")
@example("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1'>")
@example("[a](javascript:alert(1)) <javascript:alert(1)> [b](//evil.example)")
def test_whatever_goes_in_the_page_stays_ours(text: str) -> None:
    page = markdown.render(text)

    Page(page)
    assert "<script" not in page.lower()
    assert 'href="javascript:' not in page.lower()


@given(ANYTHING)
def test_a_description_is_one_short_line(text: str) -> None:
    line = markdown.plain(text)

    assert len(line) <= markdown.PLAIN_CHARACTERS + 1
    assert "\n" not in line


@given(ANYTHING)
def test_losses_are_named_with_a_line_of_the_text(text: str) -> None:
    for line, _ in markdown.losses(text):
        assert 1 <= line <= text.count("\n") + text.count("\r") + 1


def test_the_letters_headings_begin_below_the_pages_own() -> None:
    page = markdown.render("# One\n\n## Two\n\n###### Six\n\n<h1>Raw</h1>")

    assert page.split("\n") == ["<h2>One</h2>", "<h3>Two</h3>", "<h6>Six</h6>", "<h2>Raw</h2>"]


def test_emphasis_lists_tables_and_quotations_are_kept() -> None:
    page = markdown.render("*a* **b** `c`\n\n3. d\n\n> e\n\n| f |\n|---|\n| g |\n\nH<sub>2</sub>O")

    for kept in ("<em>a</em>", "<strong>b</strong>", "<code>c</code>", '<ol start="3">'):
        assert kept in page
    for kept in ("<blockquote>", "<th>f</th>", "<td>g</td>", "H<sub>2</sub>O"):
        assert kept in page


def test_links_lead_out_without_telling_where_from() -> None:
    assert markdown.render("[us](https://example.org)") == (
        '<p><a href="https://example.org" rel="noopener noreferrer">us</a></p>\n'
    )
    assert 'href="mailto:us@example.org"' in markdown.render("<us@example.org>")


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "//evil.example", "/x", "ftp://x.example"]
)
def test_links_elsewhere_lead_nowhere(target: str) -> None:
    page = markdown.render(f"[words]({target})")

    assert "href" not in page
    assert "words" in page


def test_attributes_and_unknown_tags_go_and_their_words_stay() -> None:
    page = markdown.render('<p style="color: red" class="x" id="y"><em>Berlin</em></p>\n')
    assert page == "<p><em>Berlin</em></p>\n"

    assert markdown.render("a <span>b</span> c") == "<p>a b c</p>\n"


def test_scripts_and_styles_go_with_what_they_hold() -> None:
    assert markdown.render("a <script>b</script><style>c</style>") == "<p>a </p>\n"


def test_an_image_leaves_its_words() -> None:
    assert markdown.render("![A *red* train](x.png)") == "<p>A red train</p>\n"
    assert (
        markdown.render('a <img src="x.png" alt="red &amp; blue"> b')
        == "<p>a red &amp; blue b</p>\n"
    )


def test_a_text_beyond_all_letters_is_refused() -> None:
    with pytest.raises(markdown.TextTooLong):
        markdown.render("a" * (markdown.CHARACTERS + 1))


def test_of_what_is_being_written_nothing_is_kept_and_only_as_much_as_a_letter_is_shown() -> None:
    kept = {*markdown.RENDERED}
    assert markdown.look("one\n\n*three*") == "<p>one</p>\n<p><em>three</em></p>\n"
    line = "x" * 99 + "\n"
    shown = markdown.look(line * 1500)
    assert shown.count("x" * 99) == markdown.LOOKED_AT_CHARACTERS // 100
    assert shown.endswith("<p>…</p>\n")
    assert len(markdown.look("x" * 199_000)) < 1.1 * markdown.LOOKED_AT_CHARACTERS
    assert {*markdown.RENDERED} == kept


def test_many_long_texts_fill_no_memory() -> None:
    """What is published is kept, and by its bytes: beside a letter beyond U+FFFF each has four."""
    for n in range(30):
        markdown.render(f"{n} \U0001f600" + "a " * 90_000)
    assert 10_000_000 < sum(map(sys.getsizeof, markdown.RENDERED.values())) <= 16_000_000


def test_a_description_has_no_markup() -> None:
    assert markdown.plain("# Hi\n\nA *b* & [c](https://d.example) <b>e</b>\nf") == "Hi A b & c e f"


def test_a_long_description_ends_at_a_word() -> None:
    line = markdown.plain("Open roads, for all of us. " * 20)

    assert line.endswith("…")
    assert line.removesuffix("…").split()[-1] in {"Open", "roads", "for", "all", "of", "us."}


def test_a_language_without_spaces_is_cut_too() -> None:
    assert markdown.plain("夜行列車" * 100) == "夜行列車" * 50 + "…"


def test_what_will_be_lost_is_named_once_a_kind() -> None:
    text = (
        "Words\n\n<p style='x'>a</p>\n\n<p style='y'>b</p>\n\n"
        "Line one\nline <span class='z'>two</span> ![alt](x.png)\n\n<script>\nx\n</script>\n"
    )

    assert markdown.losses(text) == [
        (3, "HTML attribute style of <p> removed"),
        (8, "HTML <span> removed, its words kept"),
        (8, "image removed, its alternative text kept"),
        (10, "HTML <script> removed with what it holds"),
    ]
