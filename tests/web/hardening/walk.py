"""Every address of the application, with values that lead somewhere, as the URL map has them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from signing.core.db import transaction
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.letters import queries as letters
from tests import make

SLUG = "open-roads"
VALUES = {"locale": "en", "slug": SLUG, "filename": "site.css", "purpose": "news"}
# Links whose first segment is shorter than their purpose.
SHORT = {"u": Purpose.__members__.get("UNSUBSCRIBE", Purpose.MANAGE)}


@dataclass(frozen=True)
class Address:
    """A path that some rule matches; `is_one_click` is the post that mail programs send."""

    endpoint: str
    path: str

    @property
    def is_one_click(self) -> bool:
        """RFC 8058: no browser sends it, so that where it comes from says nothing."""
        return self.path.startswith("/u/")


def letter(**settings: object) -> None:
    """An open letter that asks all there is, and no work of whoever signs."""
    make.letter(SLUG, fields=("country", "city", "comment"), **settings)
    with transaction():
        letters.get_by_slug(SLUG).work = "off"


def addresses(app: Flask, method: str, ref: SignatureRef) -> list[Address]:
    """One address for each rule that takes the method; links in them speak of `ref`."""
    urls = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [
        Address(rule.endpoint, urls.build(rule.endpoint, _values(rule, ref), method=method))
        for rule in rules
    ]


def _values(rule: Rule, ref: SignatureRef) -> dict[str, str]:
    known = VALUES | {"token": tokens.make(purpose(rule), ref)}
    lacking = rule.arguments - set(known)
    assert not lacking, f"say in {__name__} what stands for {lacking} in {rule.rule}"
    return {name: known[name] for name in rule.arguments}


def purpose(rule: Rule) -> Purpose:
    """What the links of this rule are for."""
    segments = rule.rule.split("/")
    for segment in segments:
        if segment in SHORT:
            return SHORT[segment]
        if segment in set(Purpose):
            return Purpose(segment)
    return Purpose.MANAGE
