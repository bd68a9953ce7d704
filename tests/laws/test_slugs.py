"""A letter's slug never hides an address of ours, and none of ours hides a letter's."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from signing.core import locales
from signing.letters.slugs import SLUG, SlugUnusable
from signing.web.addresses import reserved_slugs
from tests import make


def _words(app: Flask) -> set[str]:
    """Every fixed word of our addresses that a slug could read like, and every locale."""
    parts = {part for rule in app.url_map.iter_rules() for part in rule.rule.split("/")}
    words = {part.partition(".")[0] for part in parts} | set(locales.languages())
    return {word for word in words if SLUG.fullmatch(word)}


def _letter_rules(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "slug" in rule.arguments and "GET" in (rule.methods or ())
    ]


def _any(rule: Rule, name: str) -> object:
    """What may stand in this place of an address."""
    kind = re.search(rf"<(\w+)[^<>]*:{name}>", rule.rule)
    return {"uuid": UUID(int=7), "int": 7}.get(kind[1] if kind else "", "en")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_slug_that_is_free_leads_to_its_letter_at_every_address(app: Flask) -> None:
    urls = app.url_map.bind("localhost")
    hidden = set()
    for slug in _words(app) - reserved_slugs(app):
        for rule in _letter_rules(app):
            known = {"slug": slug, "dimension": "day", "theme": "dark"}
            values = {name: known.get(name, _any(rule, name)) for name in rule.arguments}
            found = urls.match(urls.build(rule.endpoint, values), "GET")
            if found != (rule.endpoint, values):
                hidden.add(f"{slug} by {found[0]}")
    assert hidden == set()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_no_letter_gets_a_slug_of_our_own(app: Flask) -> None:
    taken = []
    for slug in sorted({"embed", "static", "healthz", "fr", "pt-pt"} | reserved_slugs(app)):
        try:
            make.letter(slug=slug)
        except SlugUnusable:
            continue
        taken.append(slug)
    assert taken == []
