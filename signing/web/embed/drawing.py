"""The pictures themselves: the badge for mail programs, the card that goes with a shared link."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from signing.core.later import later
from signing.core.locales import Language
from signing.web.embed.badge import INK, LABEL_GROUND, VALUE_GROUND

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from signing.web.embed import lettering as faces
    from signing.web.embed.lettering import Lettering
else:
    Image, ImageDraw = later("PIL.Image"), later("PIL.ImageDraw")
    faces = later("signing.web.embed.lettering")

PAPER, TEXT, SOFT, LINE = "#f8f6f0", "#1d1c19", "#5b5850", "#dedacf"
ACCENT = VALUE_GROUND

CARD = (1200, 630)
EDGE = 80
BAR = 24
TITLE_SIZES = (76, 68, 60, 52, 46, 40)
TITLE_LINES = 4
NUMBER_SIZE, WORD_SIZE = 108, 40
NUMBER_LINE, GOAL_LINE = 510, 560

SCALE = 2  # the badge in twice its size, for sharp screens
HEIGHT, SIZE, PADDING, CORNER = 24 * SCALE, 12 * SCALE, 9 * SCALE, 4 * SCALE


@dataclass(frozen=True, slots=True)
class Words:
    """What a picture says."""

    language: Language
    title: str
    site_name: str
    n: int
    goal: int | None
    count_text: str
    label: str


def badge(words: Words) -> bytes:
    """A PNG: label and number, side by side."""
    plain, bold = (faces.Lettering(words.language, SIZE, is_bold) for is_bold in (False, True))
    number = words.count_text if bold.can_write(words.count_text) else str(words.n)
    label = words.label if plain.can_write(words.label) else ""
    label_width = round(plain.width(label)) + 2 * PADDING if label else 0
    width = label_width + round(bold.width(number)) + 2 * PADDING
    picture = Image.new("RGBA", (width, HEIGHT), "#0000")
    draw = ImageDraw.Draw(picture)
    is_rtl = words.language.direction == "rtl"
    draw.rounded_rectangle((0, 0, width - 1, HEIGHT - 1), CORNER, VALUE_GROUND)
    if label:
        left = width - label_width if is_rtl else 0
        draw.rounded_rectangle(
            (left, 0, left + label_width - 1, HEIGHT - 1),
            CORNER,
            LABEL_GROUND,
            corners=(not is_rtl, is_rtl, is_rtl, not is_rtl),
        )
    base = HEIGHT - 8 * SCALE
    for lettering, text, before in ((plain, label, 0), (bold, number, label_width)):
        begin = before + PADDING
        lettering.draw(draw, (width - begin if is_rtl else begin, base), text, INK)
    return _png(picture)


def card(words: Words) -> bytes:
    """A PNG of 1200 × 630: whose site, the title, the number.

    A title in a script that no font here has is left out, and the number is in Western digits:
    a card that says less is better than one full of boxes.
    """
    picture = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(picture)
    width, height = CARD
    is_rtl = words.language.direction == "rtl"
    begin = width - EDGE if is_rtl else EDGE
    draw.rectangle((width - BAR, 0, width, height) if is_rtl else (0, 0, BAR - 1, height), ACCENT)

    small = faces.Lettering(words.language, WORD_SIZE - 8)
    if small.can_write(words.site_name):
        small.draw(draw, (begin, 96), words.site_name, SOFT)
    _write_title(draw, words, begin)
    _write_number(draw, words, begin)
    if words.goal:
        _draw_goal(draw, words.n / words.goal, is_rtl=is_rtl)
    return _png(picture)


def _write_title(draw: ImageDraw.ImageDraw, words: Words, begin: int) -> None:
    space = CARD[0] - 2 * EDGE
    for size in TITLE_SIZES:
        lettering = faces.Lettering(words.language, size, is_bold=True)
        if not lettering.can_write(words.title):
            return
        most = min(TITLE_LINES, 270 // round(size * 1.22))
        lines = lettering.wrap(words.title, space, most)
        if lines is not None:
            break
    else:
        lines = [_cut(lettering, words.title, space)]
    for number, line in enumerate(lines):
        lettering.draw(draw, (begin, 110 + size + number * size * 1.22), line, TEXT)


def _cut(lettering: Lettering, title: str, space: int) -> str:
    while title and lettering.width(title + "…") > space:
        title = title[:-1]
    return title.rstrip() + "…"


def _write_number(draw: ImageDraw.ImageDraw, words: Words, begin: int) -> None:
    large = faces.Lettering(words.language, NUMBER_SIZE, is_bold=True)
    number = words.count_text if large.can_write(words.count_text) else str(words.n)
    large.draw(draw, (begin, NUMBER_LINE), number, ACCENT)
    word = faces.Lettering(words.language, WORD_SIZE)
    if word.can_write(words.label):
        after = large.width(number) + WORD_SIZE // 2
        is_rtl = words.language.direction == "rtl"
        at = begin - after if is_rtl else begin + after
        word.draw(draw, (at, NUMBER_LINE), words.label, TEXT)


def _draw_goal(draw: ImageDraw.ImageDraw, part: float, *, is_rtl: bool) -> None:
    left, right = EDGE, CARD[0] - EDGE
    draw.rounded_rectangle((left, GOAL_LINE, right, GOAL_LINE + 14), 7, LINE)
    length = round((right - left) * min(max(part, 0), 1))
    if length >= 14:  # a shorter one has no room for its round ends
        ends = (right - length, right) if is_rtl else (left, left + length)
        draw.rounded_rectangle((ends[0], GOAL_LINE, ends[1], GOAL_LINE + 14), 7, ACCENT)


def _png(picture: Image.Image) -> bytes:
    written = BytesIO()
    reduced = picture.quantize(64, method=Image.Quantize.FASTOCTREE)
    reduced.save(written, "PNG", optimize=True)
    return written.getvalue()
