"""Which language, and how it writes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from signing.core import locales


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["fr"], "fr"),
        (["de-AT"], "de"),
        (["pt-PT"], "pt-pt"),
        (["pt-BR"], "pt-pt"),
        (["xx", "ja"], "ja"),
        (["xx"], "en"),
        ([], "en"),
    ],
)
def test_exact_then_base_then_default(wanted: list[str], chosen: str) -> None:
    assert locales.choose(wanted, ["en", "de", "fr", "ja", "pt-pt"], "en") == chosen


def test_norwegians_and_hebrews_are_found_by_whatever_their_browsers_say() -> None:
    for said, chosen in (("no", "nb"), ("nn-NO", "nb"), ("nb-NO", "nb"), ("iw", "he")):
        assert locales.choose([said], locales.languages(), "en") == chosen


def test_every_official_language_of_the_european_union_is_there() -> None:
    official = {
        "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt",
        "lv", "mt", "nl", "pl", "pt-pt", "ro", "sk", "sl", "sv",
    }  # fmt: skip
    assert official <= set(locales.languages())


def test_numbers_are_grouped_as_each_language_does() -> None:
    languages = locales.languages()
    assert locales.number(3230, languages["en"]) == "3,230"
    assert locales.number(3230, languages["de"]) == "3.230"
    assert locales.number(3230, languages["fr"]) == "3\u202f230"
    assert locales.number(3230, languages["ar"]) == "3,230"  # what CLDR says of "ar" by itself


def test_dates_are_written_out_in_each_language() -> None:
    assert locales.day(date(2026, 11, 21), locales.languages()["ar"]) == "21 نوفمبر 2026"
    assert locales.day(date(2026, 11, 21), locales.languages()["ja"]) == "2026年11月21日"
    english = locales.languages()["en"]
    assert locales.day(date(2028, 11, 20), english) == "20 November 2028"
    assert "20 November 2028" in locales.moment(datetime(2028, 11, 20, 14, 5, tzinfo=UTC), english)
    assert "14:05" in locales.moment(datetime(2028, 11, 20, 14, 5, tzinfo=UTC), english)


def test_arabic_is_written_from_right_to_left_and_named_in_itself() -> None:
    arabic = locales.languages()["ar"]
    assert (arabic.direction, arabic.name) == ("rtl", "العربية")


def test_every_country_of_iso_3166_has_a_name_in_every_language() -> None:
    for tag in locales.languages():
        names = dict(locales.countries(tag))
        assert len(names) == 250  # 249 and Kosovo
        assert all(names.values())
