"""What a site generator (Hugo) adds to Markdown, `{{< alert >}} … {{< /alert >}}`, taken out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

# A tag ends before the next one begins; what stands alone at a line's end takes its spaces along.
# Spaces are looked at from their first one on: from each of them, many would take hours.
_TAG = re.compile(
    r"(?<![ \t])(?P<before>[ \t]*)"
    r"\{\{(?:<(?P<plain>(?:(?!\{\{).)*?)>|%(?P<percent>(?:(?!\{\{).)*?)%)\}\}"
    r"(?P<after>[ \t]*(?:(?=\n)|\Z))?",
    re.DOTALL,
)
_NAME = re.compile(r"\w[\w./-]*")
_BRACES = re.compile(r"\{\{[<%]|[%>]\}\}")
MOST_LAYERS = 20  # shortcodes made of shortcodes


@dataclass(slots=True)
class _Tag:
    name: str
    line: int
    start: int
    end: int
    closes: bool
    partner: _Tag | None = None


def remove(text: str, *, keep_words: bool) -> tuple[str, list[tuple[int, str]]]:
    """The text without shortcodes, on the same lines as before, and what went: (line, sentence).

    The words inside a pair stay or go with it. What taking away would put together anew goes too,
    and beyond all sense of that the braces.
    """
    notes: list[tuple[int, str]] = []
    for _layer in range(MOST_LAYERS):
        if not (tags := _find(text)):
            return text, sorted(notes)
        _pair(tags)
        notes += [(tag.line, _tell(tag, keep_words)) for tag in tags if _is_told(tag)]
        text = _cut(text, _spans(tags, keep_words))
    return _BRACES.sub(" ", text), sorted(notes)


def _find(text: str) -> list[_Tag]:
    tags = []
    line, seen = 1, 0
    for found in _TAG.finditer(text):
        inner = (found["plain"] or found["percent"] or "").strip()
        name = _NAME.search(inner)
        start = found.start() if found["after"] is not None else found.end("before")
        line += text.count("\n", seen, found.end("before"))
        seen = found.end("before")
        closes = inner.startswith("/") and not inner.startswith("/*")
        tags.append(_Tag(name[0] if name else "?", line, start, found.end(), closes))
    return tags


def _pair(tags: list[_Tag]) -> None:
    """Each closing tag belongs to the nearest open one of its name; all others stand alone."""
    waiting: list[_Tag] = []
    names: Counter[str] = Counter()  # of those that wait: nothing is looked for in vain
    for tag in tags:
        if not tag.closes:
            waiting.append(tag)
            names[tag.name] += 1
        elif names[tag.name]:
            found = waiting.pop()
            while found.name != tag.name:
                names[found.name] -= 1
                found = waiting.pop()
            names[found.name] -= 1
            found.partner, tag.partner = tag, found


def _is_told(tag: _Tag) -> bool:
    """A pair is told once, where it opens."""
    return not (tag.closes and tag.partner)


def _tell(tag: _Tag, keep_words: bool) -> str:
    if tag.partner is None:
        return f"shortcode {tag.name} removed"
    return f"shortcode {tag.name} removed, its words {'kept' if keep_words else 'dropped'}"


def _spans(tags: list[_Tag], keep_words: bool) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for tag in tags:
        end = tag.end if keep_words or tag.closes or not tag.partner else tag.partner.end
        if not spans or tag.start >= spans[-1][1]:
            spans.append((tag.start, end))
    return spans


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    """Line ends stay, so that line numbers hold."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    return "".join([*parts, text[at:]])
