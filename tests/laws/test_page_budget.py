"""What a first visit costs in bytes, in every language; what each embed costs at ten million."""

from __future__ import annotations

import gzip
import re

from flask import Flask
from flask.testing import FlaskClient

from signing.core import locales
from signing.core.db import transaction
from signing.counts.actions import Counted, note
from signing.letters import settings
from signing.signatures.models import Show
from tests import make

PAGE_BYTES = 14 * 1024
JSON_BYTES, BY_LOCALE_BYTES, BADGE_BYTES, FRAME_BYTES = 512, 2048, 1024, 2048
LONG_TEXT = "\n\n".join(
    f"Paragraph {n} says something else about roads, number {n * 7919}, and bridges." * 2
    for n in range(40)
)[:5000]


def packed(client: FlaskClient, path: str) -> int:
    with client.get(path) as answer:
        return len(gzip.compress(answer.data, 6))


def test_a_first_visit_fits_the_budget_in_every_language(app: Flask) -> None:
    tags = ["en", *(tag for tag in locales.languages() if tag != "en")]
    texts = [make.text(tag, title="A letter about roads", body=LONG_TEXT) for tag in tags]
    fields = ("country", "postcode", "city", "organisation", "comment")
    read = make.folder(fields=fields, goal=5_000_000)
    letter = make.letter(read=type(read)(texts[0], tuple(texts[1:]), read.settings, ()))
    look = {"accent": "#8a1c5c"}
    with transaction():
        settings.change(letter, look, settings.Signed(has_signatures=False), by=make.OPERATOR)
    for number in range(12):
        make.signature(letter, email=f"zoe{number}@example.org", show=Show.FULL)
    client = app.test_client()
    for tag in tags:
        page = client.get(f"/{tag}/open-roads")
        linked = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page.text)
        assert len(linked) == 3  # the letter's own colour among them
        assert "<script" not in page.text
        assert sum(packed(client, path) for path in (f"/{tag}/open-roads", *linked)) <= PAGE_BYTES


def test_embeds_fit_their_budgets_in_every_language_at_ten_million(app: Flask) -> None:
    letter = make.letter(goal=12_000_000)
    with transaction():
        for tag in locales.languages():
            note(letter.id, Counted(tag, "SE", "form"), delta=600_000)
    client = app.test_client()
    for tag in locales.languages():
        assert len(client.get(f"/embed/open-roads/{tag}.json").data) <= JSON_BYTES
        assert len(client.get(f"/embed/open-roads/{tag}/by-locale.json").data) <= BY_LOCALE_BYTES
        assert len(client.get(f"/embed/open-roads/{tag}.svg").data) <= BADGE_BYTES
        frame = client.get(f"/embed/open-roads/{tag}")
        style = re.findall(r'href="(/static[^"]+)"', frame.text)[0]
        assert packed(client, f"/embed/open-roads/{tag}") + packed(client, style) <= FRAME_BYTES
