"""Reading our own Markdown: commands with their output, links, tables, blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from signing import ROOT

DOCUMENTS = (
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "staff").glob("*.md")),
    ROOT / "docs" / "data-protection" / "README.md",
)
ANYTHING = "…"  # in an output: whatever stands here, also several lines where it stands alone

_parser = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Step:
    """A command as it is printed, and the output below it ("": none is printed)."""

    line: int
    command: str
    output: str

    def agrees_with(self, said: str) -> bool:
        lines = [
            r"(?:.*\n)*?" if line == ANYTHING else re.escape(line).replace(ANYTHING, ".*") + r"\n"
            for line in self.output.splitlines()
        ]
        return not lines or re.fullmatch("".join(lines), said.rstrip("\n") + "\n") is not None


def parse(document: Path) -> list[Token]:
    return _parser.parse(document.read_text("utf-8"))


def fences(document: Path, language: str) -> Iterator[Token]:
    return (one for one in parse(document) if one.type == "fence" and one.info == language)


def block(document: Path, language: str) -> str:
    """The document's only block in this language."""
    (only,) = fences(document, language)
    return only.content


def steps(document: Path) -> list[Step]:
    """The commands in ```console blocks, in the order of the document."""
    return [
        step
        for fence in fences(document, "console")
        for step in _steps(fence.content, (fence.map or [0])[0] + 2)
    ]


def _steps(content: str, first_line: int) -> Iterator[Step]:
    for found in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", content, re.MULTILINE):
        yield Step(first_line + content.count("\n", 0, found.start()), found[1], found[2])


def links(document: Path) -> list[str]:
    """Targets of links and pictures."""
    inline = [child for token in parse(document) for child in token.children or ()]
    return [
        str(child.attrs[name])
        for child in inline
        for name in ("href", "src")
        if child.type in {"link_open", "image"} and name in child.attrs
    ]


def anchors(document: Path) -> set[str]:
    """The headings as GitHub names them in addresses."""
    tokens = parse(document)
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def table(document: Path, heading: str) -> list[list[str]]:
    """The rows, without the header, of the table whose first column has this heading."""
    rows: list[list[str]] = []
    is_row = False
    for token in parse(document):
        if token.type == "tr_open":
            rows.append([])
            is_row = True
        elif token.type == "table_close":
            if rows[0][0] == heading:
                return rows[1:]
            rows, is_row = [], False
        elif token.type == "inline" and is_row:
            rows[-1].append(token.content)
    raise AssertionError(f"{document.name} has no table of {heading}")


def names(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)
