"""A letter's Markdown as HTML that is safe on any page, and as one plain line."""

from __future__ import annotations

import hashlib
import html
import re
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import pairwise
from threading import Lock

import nh3
from cachetools import LRUCache, cached
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markdown_it.token import Token

from signing.core.refusals import Refusal

CHARACTERS = 200_000  # of Markdown; the longest open letters have a tenth of it
PLAIN_CHARACTERS = 200  # what search engines and messengers show of a description

LOOKED_AT_CHARACTERS = 50_000  # while it is being written; ten times the longest letter we know
KEPT_BYTES = 16_000_000  # of what was asked for last; a published letter is asked for all the time
ENTRY_BYTES = 300  # what keeping an answer takes beside it
PARAGRAPHS_CHARACTERS = 1000  # more than a sheet of paper has room for

HEADINGS = {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}  # h1 is the page's own
TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "em", "strong", "b", "i", "sup", "sub"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
DROPPED_WITH_WORDS = {"script", "style"}

_ATTRIBUTE_TEXT = r"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""
_HTML_HEADING = re.compile(r"(?i)(</?)(h[1-6])(?=[\s/>])")
_HTML_IMAGE = re.compile(rf"(?i)<img(?=[\s/>]){_ATTRIBUTE_TEXT}>")
_ALT = re.compile(r"""(?i)\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class TextTooLong(Refusal):
    status = 422
    message = _l("This text is too long for a letter.")


class Parser(MarkdownIt):
    """CommonMark and tables. Any address makes a link here: which ones stay is said elsewhere."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True})
        self.enable("table")

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        return True


_parser = Parser()
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    clean_content_tags=DROPPED_WITH_WORDS,
    link_rel="noopener noreferrer",
    url_schemes=SCHEMES,
    url_relative="deny",
)
_stripper = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_WORDS)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def _size(answer: str) -> int:
    return sys.getsizeof(answer) + ENTRY_BYTES


# The answers that were asked for last; of the texts, however long, only the digest is kept.
RENDERED: LRUCache[bytes, str] = LRUCache(KEPT_BYTES, getsizeof=_size)
PLAIN: LRUCache[bytes, str] = LRUCache(KEPT_BYTES, getsizeof=_size)


@cached(RENDERED, key=_digest, lock=Lock())
def render(text: str) -> str:
    """HTML of `TAGS` and `ATTRIBUTES` only, balanced; its topmost heading is h2."""
    return _rendered(text)


def look(text: str) -> str:
    """The HTML of what is being written: nothing of it is kept, and what is very long is cut."""
    if len(text) <= LOOKED_AT_CHARACTERS:
        return _rendered(text)
    cut = text[:LOOKED_AT_CHARACTERS]
    whole_lines = cut.rpartition("\n")[0] or cut
    return _rendered(f"{whole_lines}\n\n…")


def _rendered(text: str) -> str:
    if len(text) > CHARACTERS:
        raise TextTooLong
    tokens = _parser.parse(text)
    for token in _flat(tokens):
        _fit(token)
    return _cleaner.clean(_parser.renderer.render(tokens, _parser.options, {}))


@cached(PLAIN, key=_digest, lock=Lock())
def plain(text: str) -> str:
    """The beginning of the text in one line, without markup, for descriptions."""
    line = " ".join(html.unescape(_stripper.clean(render(text))).split())
    if len(line) <= PLAIN_CHARACTERS:
        return line
    cut = line[:PLAIN_CHARACTERS]
    words = cut.rpartition(" ")[0]
    if len(words) < PLAIN_CHARACTERS // 2:  # Japanese writes no spaces
        words = cut
    return words.rstrip(" ,;:–—-、") + "…"


def paragraphs(text: str) -> str:
    """What is said in sentences, in one line: no headings, lists or tables; cut if it is long."""
    tokens = _parser.parse(text[:CHARACTERS])
    said = [
        _said(inside.children or ())
        for token, inside in pairwise(tokens)
        if token.type == "paragraph_open" and token.level == 0
    ]
    return " ".join(" ".join(said).split())[:PARAGRAPHS_CHARACTERS]


def _said(tokens: Sequence[Token]) -> str:
    breaks = {"softbreak": " ", "hardbreak": " ", "html_inline": ""}
    return "".join(
        _said(token.children or ())
        if token.type == "image"
        else breaks.get(token.type, token.content)
        for token in tokens
    )


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _fit(token: Token) -> None:
    """Shift headings; put the words of an image in its place."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = HEADINGS[token.tag]
    elif token.type == "image":
        token.type = "text"
        token.content = _words(token.children or ())
    elif token.type in {"html_block", "html_inline"}:
        content = _HTML_IMAGE.sub(_alt, token.content)
        token.content = _HTML_HEADING.sub(
            lambda found: found[1] + HEADINGS[found[2].lower()], content
        )


def _words(tokens: Sequence[Token]) -> str:
    return "".join(" " if token.type == "softbreak" else token.content for token in tokens)


def _alt(image: re.Match[str]) -> str:
    found = _ALT.search(image[0])
    return found[1] or found[2] or found[3] or "" if found else ""


def losses(text: str) -> list[tuple[int, str]]:
    """What `render` will take away, each kind once: (line from 1, a sentence for the operator)."""
    first: dict[str, int] = {}
    for line, token in _lines(_parser.parse(text)):
        if token.type == "image":
            first.setdefault("image removed, its alternative text kept", line)
        elif token.type in {"html_block", "html_inline"}:
            for further, what in _Losses(token.content).found:
                first.setdefault(what, line + further)
    return [(line, what) for what, line in first.items()]


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        yield line, token
        for child in token.children or ():
            yield line, child
            line += child.type in {"softbreak", "hardbreak"}


class _Losses(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []  # (lines further down, what)
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        further = self.getpos()[0] - 1
        tag = HEADINGS.get(tag, tag)
        if tag == "img":
            self.found.append((further, "image removed, its alternative text kept"))
        elif tag in DROPPED_WITH_WORDS:
            self.found.append((further, f"HTML <{tag}> removed with what it holds"))
        elif tag not in TAGS:
            self.found.append((further, f"HTML <{tag}> removed, its words kept"))
        else:
            lost = (name for name, _ in attrs if name not in ATTRIBUTES.get(tag, ()))
            self.found += [(further, f"HTML attribute {name} of <{tag}> removed") for name in lost]
