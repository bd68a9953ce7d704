"""Tables of the staff area sort by their headings, or say here why they do not."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates" / "staff"
SHARES = TEMPLATES / "overview" / "parts.html"
# How many tables of a template do not sort, and why: none of them grows with signatures.
IN_THEIR_OWN_ORDER = {
    "phrases/overview.html": (1, "a line a language, as the letter offers them"),
    "texts/list.html": (1, "a line a language, as the letter offers them"),
    "texts/editor.html": (1, "how Markdown is written: six lines that never change"),
    "news/post.html": (1, "a line a language, the original first"),
    "news/mailing.html": (2, "figures of one mailing; people by language, the most first"),
    "overview/all.html": (2, "a course of time: the same as its chart, the newest first"),
    "partners/one.html": (1, "a course of time, day by day, the newest first"),
    "signatures/bulk.html": (1, "a preview: the largest groups first"),
    "exports/ask.html": (1, "a preview: the first rows as the file will have them"),
    "collected/columns.html": (1, "a preview: the first rows as the file has them"),
    "collected/collection.html": (1, "mistakes by the number of their row, as the file has them"),
    "collected/enter.html": (1, "the last few lines that were typed, the newest first"),
    "collected/people.html": (1, "all of it is sealed; found by address, the newest first"),
}


def test_every_table_sorts_by_its_headings_or_is_named_with_a_reason() -> None:
    unsorted: dict[str, int] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        tables = re.findall(r"<table\b.*?</table>", path.read_text("utf-8"), re.DOTALL)
        plain = sum("{{ sorts(" not in one for one in tables)
        if plain:
            unsorted[str(path.relative_to(TEMPLATES))] = plain
    assert unsorted == {name: n for name, (n, _reason) in IN_THEIR_OWN_ORDER.items()}


def test_every_table_that_sorts_can_be_turned_to_its_next_page() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        if "{{ sorts(" in path.read_text("utf-8") and path != SHARES:
            # The shares of countries and languages are a page of a few hundred at most.
            assert "turn(" in path.read_text("utf-8"), path
