"""Links in a letter's Markdown made absolute; those that lead nowhere from here taken out."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from operator import itemgetter
from typing import Any
from urllib.parse import SplitResult, urljoin

from markdown_it.rules_inline import StateInline, autolink, html_inline, link
from markdown_it.token import Token

from signing.core import address_parts
from signing.letters.markdown import SCHEMES, Parser

_ANCHOR = re.compile(r"""(?i)<a\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|</a\s*>""")
_PASSES = 10  # taking a link out of another's words makes that other one a link

Rule = Callable[[StateInline, bool], bool]
Env = dict[str, dict[str, Any]]  # what the parser keeps beside the tokens: definitions by name
Edit = tuple[int, int, str]  # from, to, what stands there instead
Place = Callable[[int], int]  # from an offset in a paragraph to one in the source


def settle(text: str, *, base_url: str = "") -> tuple[str, list[tuple[int, str]]]:
    """The text with links to http, https and mailto only, and which went: (line, sentence).

    The words of a link that goes stay, and so does every line. Markdown's own parser says what is
    a link, so that code, escapes and comments are left alone.
    """
    notes: dict[tuple[int, str], None] = {}
    for _ in range(_PASSES):
        settling = _Settling(text, base_url)
        settling.walk()
        notes.update(dict.fromkeys(settling.notes))
        if not settling.edits:
            break
        text = _apply(text, settling.edits)
    return text, sorted(notes)


def resolve(target: str, base_url: str) -> str | None:
    """The absolute address of a link's target; None where it leads nowhere, or nowhere good."""
    try:
        parts = address_parts.of_link(target.strip())
        if parts.scheme or parts.netloc:
            return target if _is_good(parts) else None
        absolute = urljoin(base_url, target.strip())
        return absolute if _is_good(address_parts.of_link(absolute)) else None
    except ValueError:  # urllib's word for "[::1", and ours for what has no end
        return None


def _is_good(parts: SplitResult) -> bool:
    return parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme == "mailto")


def _located(rule: Rule, kind: str) -> Rule:
    """The parser's own rule, leaving in its first token's `meta` where it found what it found."""

    def locate(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        is_label = kind == "link_open" and state.src[start] == "[" and not silent
        label_end = (
            state.md.helpers.parseLinkLabel(state, start, disableNested=True) if is_label else -1
        )
        found = rule(state, silent)
        if found and not silent:
            token = next(token for token in state.tokens[known:] if token.type == kind)
            words_end = label_end if is_label else state.pos - 1
            token.meta["span"] = (start, words_end, state.pos)
        return found

    return locate


_parser = Parser()
_parser.inline.ruler.at("link", _located(link, "link_open"))
_parser.inline.ruler.at("autolink", _located(autolink, "link_open"))
_parser.inline.ruler.at("html_inline", _located(html_inline, "html_inline"))


@dataclass(slots=True)
class _Settling:
    """One walk through the text."""

    text: str
    base_url: str
    edits: list[Edit] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    is_in_dropped_anchor: bool = False  # its </a> goes too

    def walk(self) -> None:
        env: Env = {}
        tokens = _parser.parse(self.text, env)
        lines = _Lines(self.text)
        for token, is_cell in _with_cells(tokens):
            if token.type == "html_block" and token.map:
                start, end = (lines.starts[number] for number in token.map)
                html_place = _shifted(lambda at: at, start)
                self._settle_html(self.text[start:end], token.map[0] + 1, html_place)
            elif token.type == "inline" and token.map:
                self._settle_inline(token, lines.place(token, is_cell=is_cell))
        self._settle_definitions(lines, tokens, env)

    def _settle_definitions(self, lines: _Lines, tokens: Sequence[Token], env: Env) -> None:
        """`[name]: /address` goes, unless an image needs it: links no longer do."""
        images = {child.attrs.get("src") for token in tokens for child in token.children or ()}
        for definition in env.get("references", {}).values():
            if resolve(definition["href"], "") is None and definition["href"] not in images:
                first, end = definition["map"]
                start, stop = self.text.find("[", lines.starts[first]), lines.starts[end] - 1
                self.edits.append((start, stop, "\n" * self.text.count("\n", start, stop)))

    def _settle_inline(self, token: Token, place: Place | None) -> None:
        first_line = token.map[0] + 1 if token.map else 0
        for child in token.children or ():
            if "span" not in child.meta:
                continue
            start, words_end, end = child.meta["span"]
            line = first_line + token.content.count("\n", 0, start)
            if child.type == "html_inline":
                self._settle_html(child.content, line, _shifted(place, start))
                continue
            target = self._resolve(str(child.attrs["href"]), line)
            if target == child.attrs["href"] or place is None:
                continue
            opening, closing = ("", "") if target is None else ("[", _tail(target, child))
            self.edits.append((place(start), place(start) + 1, opening))
            self.edits.append((place(words_end), place(end - 1) + 1, closing))

    def _settle_html(self, source: str, first_line: int, place: Place | None) -> None:
        for found in _ANCHOR.finditer(source):
            line = first_line + source.count("\n", 0, found.start())
            tag = self._settle_anchor(found[0], line)
            if tag != found[0] and place is not None:
                self.edits.append((place(found.start()), place(found.end() - 1) + 1, tag))

    def _settle_anchor(self, tag: str, line: int) -> str:
        if tag.startswith("</"):
            was_dropped, self.is_in_dropped_anchor = self.is_in_dropped_anchor, False
            return "" if was_dropped else tag
        href = _Anchor(tag).href
        if not href:
            return tag
        target = self._resolve(href, line)
        self.is_in_dropped_anchor = target is None
        if target is None:
            return ""
        return tag if target == href else f'<a href="{html.escape(target)}">'

    def _resolve(self, href: str, line: int) -> str | None:
        target = resolve(href, self.base_url)
        if target is None:
            self.notes.append((line, f"link to {href} removed, its words kept"))
        return target


def _with_cells(tokens: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    before = ""
    for token in tokens:
        yield token, before in {"td_open", "th_open"}
        before = token.type


def _shifted(place: Place | None, by: int) -> Place | None:
    return None if place is None else lambda at: place(by + at)


class _Lines:
    """Where the source's lines start, and where in them a paragraph's text stands."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self._taken: dict[int, int] = {}  # columns of a table's row that earlier cells stand in

    def place(self, token: Token, *, is_cell: bool) -> Place | None:
        """From an offset in the token's content to one in the source; None where that is unclear.

        The parser has cut list marks and quotation marks from each line's beginning.
        """
        anchors: list[tuple[int, int]] = []
        at = 0
        for number, part in enumerate(token.content.split("\n"), token.map[0] if token.map else 0):
            bare = part.lstrip()
            line = self.lines[number]
            column = line.find(bare, self._taken.get(number, 0)) if is_cell else line.rfind(bare)
            if column < 0:
                return None
            if is_cell:
                self._taken[number] = column + len(bare)
            anchors.append((at, self.starts[number] + column - (len(part) - len(bare))))
            at += len(part) + 1

        def place(offset: int) -> int:
            begin, source = anchors[bisect_right(anchors, offset, key=itemgetter(0)) - 1]
            return source + offset - begin

        return place


def _tail(target: str, token: Token) -> str:
    address = f"<{target}>" if "(" in target or ")" in target else target
    title = str(token.attrs.get("title", "")).replace("\\", "\\\\").replace('"', '\\"')
    return f']({address} "{title}")' if title else f"]({address})"


class _Anchor(HTMLParser):
    def __init__(self, tag: str) -> None:
        super().__init__()
        self.href = ""
        self.feed(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.href = next((value for name, value in attrs if name == "href"), None) or ""


def _apply(text: str, edits: list[Edit]) -> str:
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text
