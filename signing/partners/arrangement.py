"""The arrangement between a letter's controller and a partner (GDPR art. 26), by version.

Whoever changes a text in `arrangements/` raises VERSION: every partner is then asked anew.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from signing.core import locales

VERSION = 1
FOLDER = Path(__file__).parent / "arrangements"
ANSWER_WITHIN = timedelta(days=30)  # an invitation lapses, and an older version with it
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


@dataclass(frozen=True, slots=True)
class About:
    """What the text names, in plain words."""

    controller: str
    contact: str
    partner: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """The arrangement as Markdown, in one language; `digest` is of these very words."""

    version: int
    locale: str
    markdown: str

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.markdown.encode()).digest()


@cache
def written_in() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


def write(about: About, locale: str) -> Text:
    """In this language, or in English: a text that binds is not translated by machines."""
    tag = locales.choose([locale], written_in(), locales.SOURCE)
    named = {name: _MARKUP.sub(r"\\\1", getattr(about, name)) for name in About.__slots__}
    return Text(VERSION, tag, _template(tag).format(**named))


@cache
def _template(tag: str) -> str:
    return (FOLDER / f"{tag}.md").read_text("utf-8")
