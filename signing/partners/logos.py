"""A partner's logo: whatever was uploaded is decoded within bounds and drawn anew. Pure."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from signing.core.later import later
from signing.core.pictures import DAMAGED
from signing.core.refusals import Refusal

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = later("PIL.Image"), later("PIL.ImageOps")

MOST_BYTES = 500 * 1024
MOST_PIXELS = 4_000_000
WIDTH, HEIGHT = 320, 160  # the box it is shrunk into: twice the size it is shown in


class LogoUnusable(Refusal):
    """The staff's form says it in words of its own."""

    status = 422


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PNG of ours: nothing of the uploaded file is in it but the picture."""

    png: bytes
    width: int
    height: int


def draw(uploaded: bytes) -> Drawn:
    """Raises `LogoUnusable` for what is too big, broken, or neither PNG nor JPEG."""
    if not 0 < len(uploaded) <= MOST_BYTES:
        raise LogoUnusable
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(uploaded)
    except (*DAMAGED, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoUnusable from None


def _drawn(uploaded: bytes) -> Drawn:
    with Image.open(BytesIO(uploaded), formats=("PNG", "JPEG")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise LogoUnusable
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    upright.thumbnail((WIDTH, HEIGHT))
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)
    out = BytesIO()
    bare.save(out, "PNG", optimize=True)
    return Drawn(out.getvalue(), bare.width, bare.height)
