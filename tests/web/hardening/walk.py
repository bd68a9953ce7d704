"""Every public address of the application, with values that lead somewhere, by the URL map."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from signing.core.db import transaction
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.letters import previews
from signing.letters import queries as letters
from signing.mail import opt_outs
from signing.mail.opt_outs import OptOut, Sort
from signing.partners import queries as partners
from signing.web.embed import scripts
from tests import make

SLUG = "open-roads"
VALUES = {"locale": "en", "slug": SLUG, "filename": "site.css", "purpose": "news"}
VALUES |= {"code": "green-web", "number": "1", "theme": "dark"}
VALUES |= dict.fromkeys(("import_id", "hook_id"), "01900000-0000-7000-8000-000000000000")
VALUES |= {"name": "v1", "dimension": "day", "digest": scripts.hash_of(scripts.newest("v1"))}
STAFF = "/staff"  # has sessions, and a gate with a table of every route and every role
DIGEST = bytes(range(16))  # of an address that never signed: nothing of `ref` is taken back


@dataclass(frozen=True)
class Address:
    """A path that some rule matches; `is_one_click` is the post that mail programs send."""

    endpoint: str
    path: str

    @property
    def is_one_click(self) -> bool:
        """RFC 8058: no browser sends it, so that where it comes from says nothing."""
        return self.path.startswith("/u/")


def letter() -> None:
    """An open letter that asks all there is, and no work of whoever signs."""
    make.letter(SLUG, fields=("country", "city", "comment"))
    make.partner(letters.get_by_slug(SLUG), code=VALUES["code"], logo=True)
    with transaction():
        letters.get_by_slug(SLUG).work = "off"


def addresses(app: Flask, method: str, ref: SignatureRef) -> list[Address]:
    """One address for each public rule that takes the method; links in them speak of `ref`."""
    urls = app.url_map.bind("localhost")
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.rule.startswith(STAFF)
    ]
    return [
        Address(rule.endpoint, urls.build(rule.endpoint, _values(rule, ref), method=method))
        for rule in rules
    ]


def _values(rule: Rule, ref: SignatureRef) -> dict[str, str]:
    known = VALUES | {"token": _token(rule, ref)}
    lacking = rule.arguments - set(known)
    assert not lacking, f"say in {__name__} what stands for {lacking} in {rule.rule}"
    return {name: known[name] for name in rule.arguments}


def _token(rule: Rule, ref: SignatureRef) -> str:
    """What a mail has in this link's place."""
    segments = rule.rule.split("/")
    if "u" in segments:
        return opt_outs.make(OptOut(ref, DIGEST, Sort.NEWS))
    if Purpose.PREVIEW in segments:
        return previews.make(ref.letter_id, VALUES["locale"])
    if Purpose.PARTNER in segments:
        return tokens.make(Purpose.PARTNER, SignatureRef(ref.letter_id, _partner_id(ref)))
    if Purpose.CREDIT in segments:
        return tokens.make(Purpose.CREDIT, ref, _partner_id(ref).bytes)
    if Purpose.NOT_ME in segments:
        return opt_outs.make(OptOut(ref, DIGEST))
    return tokens.make(Purpose.CONFIRM if "confirm" in segments else Purpose.MANAGE, ref)


def _partner_id(ref: SignatureRef) -> UUID:
    found = partners.find_credited(ref.letter_id, VALUES["code"])
    assert found
    return found
