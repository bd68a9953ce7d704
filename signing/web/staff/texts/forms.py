"""The editor's form: a text in its paragraphs, as it stands and as it was sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from signing.letters import blocks, pieces
from signing.letters.drafts import Written
from signing.letters.pieces import Piece, Row
from signing.letters.writing import Working
from signing.web.staff import reading

MOST_ROWS = 2 * blocks.MOST_BLOCKS + 10
MOST_BYTES = 8_000_000  # the longest letter, its original beside it, each letter as %E3%81%82
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """Lines end with \\n alone, and nothing stands in them that no file format can carry."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", plain).encode("utf-8", "ignore").decode()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the original with the field for its translation."""

    row: Row
    had: str  # print of the words that the form came with
    is_checked: bool = False
    theirs: str | None = None  # what somebody else saved meanwhile, where it differs

    @classmethod
    def of(cls, row: Row) -> Line:
        return cls(row, _print(row.text), is_checked=row.is_left_out)

    @property
    def piece(self) -> Piece | None:
        is_rewritten = _print(self.row.text) != self.had
        return pieces.settle(self.row, is_rewritten=is_rewritten, is_checked=self.is_checked)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the editor's form holds."""

    title: Line
    summary: str
    to: str
    privacy: str
    body: str  # the original's, in one field
    lines: tuple[Line, ...]  # a translation's
    whole: str  # a translation pasted in one piece, in place of all lines
    version: int
    based_on: UUID | None
    theirs: Working | None = field(default=None)

    @classmethod
    def of(cls, working: Working) -> Sheet:
        """The text as it is kept."""
        shown = working.shown.revision_id if working.shown else None
        return cls(
            title=Line.of(_title_row(working.original.title, working.source_title, working.title)),
            summary=working.summary,
            to=working.to,
            privacy=working.privacy,
            body=working.body if working.is_original else "",
            lines=tuple(Line.of(row) for row in working.compare()),
            whole="",
            version=working.version,
            based_on=shown,
        )

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Sheet:
        """As it was typed."""
        count = min(_number(form.get("rows", "")), MOST_ROWS)
        return cls(
            title=_line(form, "title"),
            summary=one_line(form.get("summary", "")),
            to=one_line(form.get("to", "")),
            privacy=clean(form.get("privacy", "")).strip(),
            body=clean(form.get("body", "")),
            lines=tuple(_line(form, str(at)) for at in range(count)),
            whole=clean(form.get("whole", "")).strip(),
            version=_number(form.get("version", "")),
            based_on=reading.uuid(form.get("based_on", "")),
        )

    def written(self, working: Working) -> Written:
        """What is saved; the addressee of the original stands with the letter's settings."""
        title = self.title.piece or Piece("", "")
        return Written(
            title=title.text,
            source_title=title.source,
            summary=self.summary,
            to=working.to if working.is_original else self.to,
            privacy=self.privacy,
            pieces=self._pieces(working),
            version=self.version,
            based_on=self.based_on,
        )

    def _pieces(self, working: Working) -> tuple[Piece, ...]:
        if working.is_original:
            return (Piece("", self.body.rstrip()),)
        if self.whole:
            rows = [line.row for line in self.lines]
            return tuple(pieces.replace(rows, working.original.body, self.whole))
        return tuple(piece for line in self.lines if (piece := line.piece))

    def body_for(self, working: Working) -> str:
        """The Markdown as it would be saved."""
        own = self._pieces(working)
        return self.body if working.is_original else pieces.whole(own)

    def beside(self, theirs: Working) -> Sheet:
        """What was typed, beside what somebody else saved; saving again is over theirs."""
        saved = {row.now: row.text for row in theirs.compare() if row.now}
        lines = tuple(_beside(line, saved.get(line.row.now, "")) for line in self.lines)
        shown = theirs.shown.revision_id if theirs.shown else None
        return Sheet(
            title=_beside(self.title, theirs.title),
            summary=self.summary,
            to=self.to,
            privacy=self.privacy,
            body=self.body,
            lines=lines,
            whole=self.whole,
            version=theirs.version,
            based_on=shown,
            theirs=theirs,
        )


def _beside(line: Line, theirs: str) -> Line:
    differs = theirs if theirs != line.row.text else None
    return Line(line.row, line.had, is_checked=line.is_checked, theirs=differs)


def _title_row(now: str, before: str, text: str) -> Row:
    return Row(now, before, text, pieces.marked(now, before))


def _line(form: Mapping[str, str], at: str) -> Line:
    now, before = clean(form.get(f"now-{at}", "")), clean(form.get(f"was-{at}", ""))
    typed = form.get(f"text-{at}", "")
    text = one_line(typed) if at == "title" else clean(typed).strip("\n").rstrip()
    row = Row(now, before, text, pieces.marked(now, before))
    return Line(row, form.get(f"had-{at}", ""), is_checked=bool(form.get(f"ok-{at}")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
