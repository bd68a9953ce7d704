"""Cells of tables that spreadsheets do not run: an apostrophe before formulas, and away again."""

from __future__ import annotations

import re

# Spreadsheets run cells that begin so (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Cells that begin with none of these are guarded within at most.
GUARDED_STARTS = frozenset({*FORMULA_STARTS, "'"})
# Where semicolons or tabs separate, spreadsheets begin new cells at them, quoted or not.
INNER_SEPARATORS = (";", "\t")
# Apostrophes that stand there already get one more, else nobody could tell ours from theirs.
_BEGIN = rf"(?='*[{re.escape(''.join(FORMULA_STARTS))}])"
_WITHIN = r"([;\t]\s*)"
_RUN_WITHIN = r"(?='*[=+\-@＝＋－＠]\s*[\w(\"'+\-@=＝＋－＠])"
_UNGUARDED = re.compile(rf"\A{_BEGIN}")
_GUARDED = re.compile(rf"\A'{_BEGIN}")
_UNGUARDED_WITHIN = re.compile(_WITHIN + _RUN_WITHIN)
_GUARDED_WITHIN = re.compile(f"{_WITHIN}'{_RUN_WITHIN}")


def safe(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run, within it too."""
    return _UNGUARDED.sub("'", _UNGUARDED_WITHIN.sub(r"\1'", cell))


def unsafe(cell: str) -> str:
    """The cell as it was before `safe`."""
    return _GUARDED_WITHIN.sub(r"\1", _GUARDED.sub("", cell))
