"""A post's Markdown as the plain-text part of a mail: the words, and where links lead. Pure."""

from __future__ import annotations

import html
import textwrap

import nh3
from markdown_it.token import Token

from signing.letters.markdown import DROPPED_WITH_WORDS, Parser

_parser = Parser()
_stripper = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_WORDS)
LINE = 76


def plain(text: str) -> str:
    """Paragraphs in lines of up to 76 characters, marks before items of lists, links in full."""
    blocks: list[str] = []
    marks: list[str] = []  # what stands before the next block: "- ", "1. "
    lists: list[int] = []  # the number of the item to come; 0 in lists without numbers
    for token in _parser.parse(text):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            is_numbered = token.type == "ordered_list_open"
            lists.append(int(token.attrGet("start") or 1) if is_numbered else 0)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            marks.append(f"{lists[-1]}. " if lists[-1] else "- ")
            lists[-1] += bool(lists[-1])
        elif token.type in {"inline", "fence", "code_block", "html_block"}:
            mark = marks.pop() if marks else ""
            blocks.append(_block(_words(token), mark, depth=len(lists)))
    return "\n\n".join(block for block in blocks if block.strip())


def _block(words: str, mark: str, *, depth: int) -> str:
    margin = "  " * depth if not mark else "  " * (depth - 1)
    lines = [
        textwrap.fill(
            line,
            LINE,
            initial_indent=margin + (" " * len(mark) if n else mark),
            subsequent_indent=margin + " " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for n, line in enumerate(words.splitlines())
    ]
    return "\n".join(lines)


def _words(token: Token) -> str:
    if token.type != "inline":
        return _without_tags(token.content) if token.type == "html_block" else token.content
    said: list[str] = []
    address, since = "", 0
    for child in token.children or ():
        if child.type == "link_open":
            address, since = str(child.attrGet("href") or ""), len(said)
        elif child.type == "link_close":
            if address and "".join(said[since:]) not in {address, address.removeprefix("mailto:")}:
                said.append(f" ( {address} )")
        else:
            said.append(_said(child))
    return "".join(said)


def _without_tags(text: str) -> str:
    return html.unescape(_stripper.clean(text)).strip()


def _said(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    if token.type == "html_inline":
        return ""
    return token.content
