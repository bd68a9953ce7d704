"""The number as a picture: every script right, never an empty box, never drawn for each visitor."""

from __future__ import annotations

from io import BytesIO
from itertools import groupby

import pytest
from flask.testing import FlaskClient
from PIL import Image, features

from signing.core import locales
from signing.web.embed import drawing, lettering, pictures
from signing.web.embed.drawing import Words
from signing.web.embed.lettering import Lettering
from tests import make
from tests.conftest import missing

CARD_BYTES = 100 * 1024
BADGE_BYTES = 4 * 1024
LONG = (
    "A rather long title that says what we want of whom and why, and does not come to an end " * 4
)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    pictures._kept.clear()


@pytest.fixture
def fonts() -> None:
    if not any("CJK" in path for path in lettering._paths(is_bold=True)):
        missing("no Noto fonts here: apt install fonts-noto-core fonts-noto-cjk")


def words(tag: str = "en", title: str = "Open roads", n: int = 3230, **changed: object) -> Words:
    language = locales.languages()[tag]
    values: dict[str, object] = {
        "language": language,
        "title": title,
        "site_name": "Open letters",
        "n": n,
        "goal": 5000,
        "count_text": locales.number(n, language),
        "label": "signatures",
    }
    return Words(**values | changed)  # type: ignore[arg-type]


def read(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGBA")


def test_letters_are_shaped_by_raqm() -> None:
    assert features.check("raqm")


@pytest.mark.parametrize("tag", sorted(locales.languages()))
def test_badge_and_card_are_small_pictures_in_every_language(tag: str) -> None:
    card = drawing.card(words(tag))
    assert read(card).size == (1200, 630)
    assert len(card) <= CARD_BYTES
    badge = drawing.badge(words(tag))
    assert read(badge).height == 48
    assert len(badge) <= BADGE_BYTES


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "Offener Brief – ¿qué? Ελλάδα, Україна"),
        ("ar", "رسالة مفتوحة (X) ٣٬٢٣٠ GitHub؟"),
        ("ja", "公開書簡「夜行列車」 GitHub 版、もう一度。"),
    ],
)
def test_every_letter_of_a_mixed_title_is_found_in_some_font(tag: str, text: str) -> None:
    plain = Lettering(locales.languages()[tag], 40)
    assert plain.can_write(text)
    for run in plain._runs(text):
        assert all(lettering._has(run.font, one) for one in run.text.strip())


@pytest.mark.usefixtures("fonts")
def test_brackets_and_foreign_words_stand_as_the_line_is_read() -> None:
    arabic = Lettering(locales.languages()["ar"], 40)
    runs = groupby(arabic._runs("وزراء (X) و Open Source؟"), key=lambda run: run.direction)
    read_so = [("".join(run.text for run in stretch), way) for way, stretch in runs]
    assert read_so == [
        ("وزراء (", "rtl"), ("X", "ltr"), (") و ", "rtl"), ("Open Source", "ltr"), ("؟", "rtl"),
    ]  # fmt: skip


@pytest.mark.usefixtures("fonts")
def test_the_joined_word_is_narrower_than_its_letters_alone() -> None:
    arabic = Lettering(locales.languages()["ar"], 40)
    assert arabic.width("مفتوحة") < sum(arabic.width(one) for one in "مفتوحة") - 10


def test_a_script_without_a_font_is_left_out_and_the_number_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lettering, "_paths", lambda **_bold: ())
    lettering._path_with.cache_clear()
    bare = drawing.card(words("ja", title="夜行列車", label="筆"))
    untitled = drawing.card(words("ja", title="", label=""))
    assert bare == untitled
    empty = drawing.card(words("ja", title="", label="", n=0, count_text="", goal=None))
    assert bare != empty
    drawing.badge(words("ar", label="توقيع", count_text="٣٬٢٣٠"))
    lettering._path_with.cache_clear()


@pytest.mark.parametrize("title", [LONG, "x" * 300, "夜" * 300, "ق" * 300, "", " ", "\u202e\u0301"])
def test_any_title_stays_within_the_card(title: str) -> None:
    for tag in ("en", "ar", "ja"):
        picture = read(drawing.card(words(tag, title=title)))
        assert picture.getpixel((600, 5)) == picture.getpixel((600, 625))
        edge = 1195 if tag != "ar" else 5
        column = {picture.getpixel((edge, y)) for y in range(0, 630, 7)}
        assert len(column) == 1, (title, tag)


def test_lines_of_japanese_do_not_begin_with_a_full_stop() -> None:
    japanese = Lettering(locales.languages()["ja"], 40)
    lines = japanese.wrap("あ" * 10 + "。" + "い" * 10, japanese.width("あ" * 10), 5)
    assert lines is not None
    assert not any(line.startswith("。") for line in lines)


def test_both_are_open_to_all_and_have_their_addresses(client: FlaskClient) -> None:
    make.signature(make.letter(goal=10))
    for path, seconds in (("/embed/open-roads/fr.png", 60), ("/fr/open-roads/card.png", 3600)):
        answer = client.get(path)
        assert answer.content_type == "image/png"
        assert f"max-age={seconds}" in answer.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert client.get("/embed/none/fr.png").status_code == 404
    page = client.get("/fr/open-roads").text
    assert '<meta property="og:image" content="http://localhost/fr/open-roads/card.png">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page


def test_a_picture_is_drawn_once_a_minute_and_only_if_something_changed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make.letter()
    drawn: list[int] = []
    draw = drawing.badge

    def noted(said: Words) -> bytes:
        drawn.append(said.n)
        return draw(said)

    monkeypatch.setattr(drawing, "badge", noted)

    first = client.get("/embed/open-roads/en.png").data
    make.signature(letter)
    assert client.get("/embed/open-roads/en.png").data == first
    monkeypatch.setattr(pictures, "REST_SECONDS", 0.0)
    assert client.get("/embed/open-roads/en.png").data != first
    assert client.get("/embed/open-roads/en.png").data != first
    assert drawn == [0, 1]
