"""A letter's picture: read with care, written anew in a few sizes, without what was hidden in it.

What comes in is decoded and encoded again, so that no place, camera or program comes through.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from signing.audit import Actor, Verb, log
from signing.core.db import db
from signing.core.later import later
from signing.core.pictures import DAMAGED
from signing.core.refusals import Refusal
from signing.letters.models import Letter, LetterPicture

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = later("PIL.Image"), later("PIL.ImageOps")

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 20_000_000  # of which each takes up to 8 bytes for a moment
LEAST_WIDTH, LEAST_HEIGHT = 320, 160
WIDTHS = (480, 960, 1440)
FALLBACK_WIDTH = 960  # as JPEG, for what knows no WebP
FORMATS = ("JPEG", "PNG", "WEBP")
MIDDLE = 50


class PictureUnusable(Refusal):
    status = 422

    def __init__(self, why: LazyString) -> None:
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        return str(self.why)


NO_PICTURE = _l("This is no JPEG, PNG or WebP picture, or it is damaged.")
TOO_MANY_BYTES = _l("The picture is too large: 10 MB at most.")
TOO_MANY_PIXELS = _l("The picture has too many pixels: 20 million at most.")
TOO_SMALL = _l("The picture is too small: at least 320 by 160 pixels.")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a letter knows of its picture; `x` and `y` are where to look, in per cent."""

    digest: str
    width: int
    height: int
    x: int = MIDDLE
    y: int = MIDDLE

    @classmethod
    def of(cls, letter: Letter) -> Picture | None:
        return cls(**letter.picture) if letter.picture else None

    @property
    def widths(self) -> list[int]:
        return _widths(self.width)

    @property
    def fallback_width(self) -> int:
        return max(one for one in self.widths if one <= max(FALLBACK_WIDTH, self.widths[0]))


@dataclass(frozen=True, slots=True)
class Made:
    """A picture and all its files by name."""

    picture: Picture
    files: dict[str, bytes]


def make(content: bytes) -> Made:
    """The picture in our sizes; raises `PictureUnusable`. The same bytes give the same files."""
    if len(content) > MOST_BYTES:
        raise PictureUnusable(TOO_MANY_BYTES)
    upright = _open(content)
    if upright.width < LEAST_WIDTH or upright.height < LEAST_HEIGHT:
        raise PictureUnusable(TOO_SMALL)
    files = {}
    for width in _widths(upright.width):
        sized = _sized(upright, width)
        files[f"{width}.webp"] = _written(sized, "WEBP", quality=78, method=4)
        if width <= FALLBACK_WIDTH:
            files[f"{width}.jpg"] = _written(sized, "JPEG", quality=80, progressive=True)
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:24]
    return Made(Picture(digest, upright.width, upright.height), files)


@dataclass(frozen=True, slots=True)
class Brought:
    """A picture out of a letter's folder, and what it becomes here."""

    content: bytes
    made: Made


def bring(content: bytes) -> Brought:
    """Raises `PictureUnusable`."""
    return Brought(content, make(content))


def _widths(width: int) -> list[int]:
    return [one for one in WIDTHS if one <= width] or [width]


def _open(content: bytes) -> Image.Image:
    """The first picture in it, upright and in RGB; size is looked at before a pixel is read."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _check_pixels(opened)
            opened.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
            return _without_alpha(ImageOps.exif_transpose(opened))
    except PictureUnusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureUnusable(TOO_MANY_PIXELS) from None
    except DAMAGED:
        raise PictureUnusable(NO_PICTURE) from None


def _check_pixels(opened: Image.Image) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise PictureUnusable(TOO_MANY_PIXELS)


def _without_alpha(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return picture.convert("RGB")


def _sized(picture: Image.Image, width: int) -> Image.Image:
    height = max(round(picture.height * width / picture.width), 1)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of the pixels alone."""
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    into = io.BytesIO()
    bare.save(into, kind, **options)
    return into.getvalue()


def keep(letter: Letter, made: Made, *, by: Actor) -> None:
    """This is the letter's picture afterwards, and the only one there is of it."""
    _drop(letter.id)
    for name, content in made.files.items():
        db.session.add(
            LetterPicture(
                letter_id=letter.id, digest=made.picture.digest, name=name, content=content
            )
        )
    letter.picture = asdict(made.picture)
    _note(letter, {"digest": made.picture.digest}, by=by)


def keep_brought(letter: Letter, brought: Brought, *, by: Actor) -> None:
    """What `keep` does, unless the letter has this picture already, or it was exported from here.

    What is written anew loses a little each time.
    """
    known = Picture.of(letter)
    is_same = known is not None and known.digest == brought.made.picture.digest
    if not is_same and find_largest(letter) != brought.content:
        keep(letter, brought.made, by=by)


def find_largest(letter: Letter) -> bytes | None:
    """The letter's picture as WebP; the file that somebody once chose is not kept."""
    known = Picture.of(letter)
    if known is None:
        return None
    return find_file(letter.id, known.digest, f"{max(known.widths)}.webp")


def look_at(letter: Letter, x: int, y: int, *, by: Actor) -> None:
    """This place stays in sight where the picture is cut."""
    if letter.picture and (letter.picture["x"], letter.picture["y"]) != (x, y):
        letter.picture = letter.picture | {"x": x, "y": y}
        _note(letter, {"x": x, "y": y}, by=by)


def remove(letter: Letter, *, by: Actor) -> None:
    """The letter has no picture afterwards."""
    if letter.picture is not None:
        _drop(letter.id)
        letter.picture = None
        _note(letter, {"removed": True}, by=by)


def _drop(letter_id: UUID) -> None:
    db.session.execute(delete(LetterPicture).where(LetterPicture.letter_id == letter_id))


def _note(letter: Letter, details: dict[str, Any], *, by: Actor) -> None:
    log.record(
        Verb.LETTER_PICTURE_SET, by=by, subject=letter.slug, letter_id=letter.id, details=details
    )


def find_file(letter_id: UUID, digest: str, name: str) -> bytes | None:
    wanted = select(LetterPicture.content).where(
        LetterPicture.letter_id == letter_id,
        LetterPicture.digest == digest,
        LetterPicture.name == name,
    )
    return db.session.scalar(wanted)
