"""Our scripts without what only their readers here need: comments, indentation, air.

No minifier of the world: it knows the few things that our own scripts are made of, each statement
of which ends in a semicolon. Browsers run the result in the tests.
"""

from __future__ import annotations

import re

_PART = re.compile(
    r"""
    (?P<comment> /\*.*?\*/\s* | //[^\n]*\n\s* )
  | (?P<kept> "(?:[^"\\\n]|\\.)*" | `[^`]*` | /(?=[^*/\s])[^/\n]+/(?=\.) )
  | \s* (?P<sign> [=+*?:<>|&!,;{}()\[\]]+ ) \s*
  | (?P<space> \s+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_CSS = re.compile(r"\s*([{};:,])\s*")


def squeeze(script: str) -> str:
    """The same script in fewer bytes; the comment at its head stays."""
    head = re.match(r"/\*.*?\*/\n", script, re.DOTALL)
    begin = head.end() if head else 0
    return script[:begin] + _PART.sub(_less, script[begin:]).strip() + "\n"


def _less(part: re.Match[str]) -> str:
    if part["comment"]:
        return ""
    if part["kept"]:
        is_css = part["kept"].startswith("`\n")
        return _CSS.sub(r"\1", part["kept"]) if is_css else part["kept"]
    return part["sign"] or ("\n" if "\n" in part["space"] else " ")
