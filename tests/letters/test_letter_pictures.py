"""What becomes of a picture: decoded, bounded, bare."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image

from signing.letters import pictures
from signing.letters.pictures import PictureUnusable


def drawn(width: int = 1600, height: int = 900, kind: str = "JPEG", **options: object) -> bytes:
    into = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(into, kind, **options)
    return into.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_comes_out_in_three_widths_and_two_kinds() -> None:
    made = pictures.make(drawn())
    sizes = {name: opened(content).size for name, content in made.files.items()}
    assert sizes == {
        "480.webp": (480, 270), "480.jpg": (480, 270), "960.webp": (960, 540),
        "960.jpg": (960, 540), "1440.webp": (1440, 810),
    }  # fmt: skip
    assert (made.picture.width, made.picture.height) == (1600, 900)
    assert made.picture.fallback_width == 960
    assert sum(map(len, made.files.values())) < 400_000


def test_a_small_one_is_not_blown_up() -> None:
    made = pictures.make(drawn(400, 300))
    assert set(made.files) == {"400.webp", "400.jpg"}
    assert made.picture.fallback_width == 400


def test_place_camera_and_comment_do_not_come_through() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    sent = drawn(exif=exif, comment=b"<script>secret</script>")
    assert b"SecretCamera" in sent
    for content in pictures.make(sent).files.values():
        assert b"Secret" not in content
        assert b"secret" not in content
        assert not opened(content).getexif()


def test_what_hangs_behind_the_picture_is_gone() -> None:
    sent = drawn(500, 300) + b"PK\x03\x04 a program in a ZIP"
    assert all(b"a program" not in content for content in pictures.make(sent).files.values())


def test_a_picture_taken_on_its_side_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = pictures.make(drawn(800, 400, exif=exif))
    assert (made.picture.width, made.picture.height) == (400, 800)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_can_be_seen_through_lies_on_white(kind: str) -> None:
    into = io.BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(into, kind)
    made = pictures.make(into.getvalue())
    pixel = opened(made.files["400.jpg"]).getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" width="400" height="400"/>'


@pytest.mark.parametrize(
    "sent",
    [b"", b"no picture", SVG, b"GIF89a" + bytes(100), b"%PDF-1.7", drawn()[:400], b"\xff\xd8\xff"],
)
def test_what_is_no_such_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(PictureUnusable) as refused:
        pictures.make(sent)
    assert refused.value.why == pictures.NO_PICTURE


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_are_refused_although_they_could_be_read(kind: str) -> None:
    with pytest.raises(PictureUnusable):
        pictures.make(drawn(400, 300, kind))


def bomb(width: int, height: int) -> bytes:
    """A few hundred bytes that say they are a huge PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8000, 8000), (30_000, 30_000), (2**31 - 1, 9)])
def test_a_bomb_is_refused_before_a_pixel_is_read(width: int, height: int) -> None:
    with pytest.raises(PictureUnusable) as refused:
        pictures.make(bomb(width, height))
    assert refused.value.why in {pictures.TOO_MANY_PIXELS, pictures.NO_PICTURE}


def test_too_many_bytes_and_too_few_pixels_are_said() -> None:
    for sent, why in (
        (bytes(pictures.MOST_BYTES + 1), pictures.TOO_MANY_BYTES),
        (drawn(300, 400), pictures.TOO_SMALL),
        (drawn(4000, 20), pictures.TOO_SMALL),
        (drawn(5001, 4000), pictures.TOO_MANY_PIXELS),
    ):
        with pytest.raises(PictureUnusable) as refused:
            pictures.make(sent)
        assert refused.value.why == why


GOOD = {kind: drawn(330, 170, kind) for kind in pictures.FORMATS}


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(pictures.FORMATS),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
    st.integers(0, 4000),
)
def test_a_damaged_file_is_refused_or_read_and_never_more(
    kind: str, hits: list[tuple[int, int]], cut: int
) -> None:
    sent = bytearray(GOOD[kind])
    for place, value in hits:
        sent[place % len(sent)] = value
    if cut % 3 == 0:
        del sent[cut % len(sent) :]
    try:
        made = pictures.make(bytes(sent))
    except PictureUnusable:
        return
    assert made.files
