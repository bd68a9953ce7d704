"""Origins, sites, codes and logos: what is taken, in one spelling, and what is not."""

from __future__ import annotations

import hashlib
import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from signing.partners import arrangement, codes, logos, origins
from signing.partners.arrangement import About
from signing.partners.logos import LogoUnusable
from signing.partners.origins import NoOrigin

# A changed text needs another version, so that every partner is asked anew: see `arrangement`.
TEXTS = {
    1: {
        "de": "73786fa4920a35fb", "en": "c0a5ed8c9d9a2a0c", "es": "038d07398525590c",
        "fr": "88dc59f4dd7b7687",
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://green.example", "https://green.example"),
        ("https://Green.Example/", "https://green.example"),
        ("green.example", "https://green.example"),
        ("https://green.example:443", "https://green.example"),
        ("https://green.example:8443", "https://green.example:8443"),
        ("https://grün.example", "https://xn--grn-ioa.example"),
    ],
)
def test_an_origin_is_read_in_one_spelling(typed: str, read: str) -> None:
    assert origins.read(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "http://green.example", "https://*.green.example", "https://green.example/page", "*", "",
        "https://a@green.example", "https://localhost", "https://192.0.2.1", "https://[::1]",
        "https://green.example?x", "https://green.example;", "'self'", "https://green_.example",
        "https://green.example:x", "https://-green.example", "javascript://green.example", "data:",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(typed: str) -> None:
    with pytest.raises(NoOrigin):
        origins.read(typed)


def test_origins_are_listed_once_and_not_without_end() -> None:
    assert origins.read_all(" a.example\nhttps://a.example, b.example ") == [
        "https://a.example",
        "https://b.example",
    ]
    with pytest.raises(NoOrigin):
        origins.read_all(" ".join(f"a{n}.example" for n in range(21)))


@given(st.text(max_size=60))
def test_no_origin_can_leave_its_place_in_a_policy(typed: str) -> None:
    try:
        read = origins.read(typed)
    except NoOrigin:
        return
    assert read.startswith("https://")
    assert read.isascii()
    assert not set(read) & set(" ;,'\"*")


@pytest.mark.parametrize(
    ("site", "taken"),
    [
        ("https://green.example/about", True),
        ("http://green.example", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("green.example", False),
        ("https://a b.example", False),
        ("https://x@green.example", False),
        ("https://green.example/\u202e", False),
    ],
)
def test_a_site_is_an_address_that_a_link_may_lead_to(site: str, taken: bool) -> None:
    assert origins.is_site(site) is taken


@given(st.text(max_size=80), st.sampled_from(["de", "en"]))
def test_a_suggested_code_is_one(name: str, locale: str) -> None:
    assert codes.is_code(codes.suggest(name, locale))
    assert codes.clean(name) == "" or codes.is_code(codes.clean(name))


def test_a_code_reads_like_the_name() -> None:
    assert codes.suggest("Übermorgen e. V.", "de") == "uebermorgen-e-v"
    assert codes.suggest("Größere Städte", "de") == "groessere-staedte"
    assert codes.suggest("Säkra vägar", "sv") == "sakra-vagar"
    assert codes.clean(" Green-Web ") == "green-web"
    assert codes.clean("../x") == ""
    assert codes.clean("x" * 33) == ""


def _picture(size: tuple[int, int] = (900, 300), form: str = "PNG", **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_logo_is_drawn_anew_within_its_box(form: str) -> None:
    drawn = logos.draw(_picture(form=form) + b"<script>after it</script>")
    assert (drawn.width, drawn.height) == (320, 107)
    assert drawn.png.startswith(b"\x89PNG")
    assert b"script" not in drawn.png


def _odd_notes() -> bytes:
    """A JPEG that says it was turned, and whose width is a word: found out when it is righted."""
    turned, width = (
        struct.pack(">HHIHH", 0x112, 3, 1, 6, 0),
        struct.pack(">HHI4s", 0x100, 2, 4, b"wide"),
    )
    notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + turned + width + bytes(4)
    return _picture(form="JPEG", exif=notes)


@pytest.mark.parametrize(
    "uploaded",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        _picture(form="GIF"),
        _picture()[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        _picture((4000, 4000)),
        bytes(600_000),
        _odd_notes(),
    ],
    ids=["nothing", "SVG", "GIF", "cut", "broken", "many pixels", "many bytes", "odd notes"],
)
def test_what_is_no_usable_picture_is_refused(uploaded: bytes) -> None:
    with pytest.raises(LogoUnusable):
        logos.draw(uploaded)


def test_an_arrangement_that_was_changed_has_another_version() -> None:
    found = {
        tag: hashlib.sha256((arrangement.FOLDER / f"{tag}.md").read_bytes()).hexdigest()[:16]
        for tag in arrangement.written_in()
    }
    assert found == TEXTS[arrangement.VERSION]


@pytest.mark.parametrize("tag", ["en", "de", "fr", "es", "ar"])
def test_the_arrangement_names_both_and_no_name_is_markup(tag: str) -> None:
    about = About("A *B* [x](y)", "c@example.org", "<b>Green</b>", "Roads", "https://x.example")
    text = arrangement.write(about, tag)
    assert text.locale == (tag if tag != "ar" else "en")
    assert r"A \*B\* \[x\](y)" in text.markdown
    assert r"\<b\>Green" in text.markdown
    assert "{" not in text.markdown
    assert len(text.digest) == 32
