"""Every address answers with the headers that protect its visitor, and stores nothing there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from signing import create_app
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import DIGEST_BYTES
from signing.letters import looks, pictures, previews
from signing.letters import queries as letters
from signing.letters.pictures import Picture
from signing.mail import opt_outs
from signing.mail.opt_outs import OptOut, Sort
from signing.partners import tokens as partner_tokens
from signing.partners.models import OF_LETTER, OF_PARTNER, Partner
from signing.web.embed import scripts
from tests import make, staff
from tests.conftest import let_go
from tests.news import telling

PERSONAL = (
    "confirm", "my_signature", "sent", "outbox", "not_me", "unsubscribe", "my_links", "staff",
    "partner_page", "credit", "preview", "objection",
)  # fmt: skip
MAIL = "00000001-20260101T000000Z.eml"
Answers = dict[str, TestResponse]


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The application with every door there is."""
    made = create_app(settings.model_copy(update={"demo_outbox": tmp_path}))
    (tmp_path / MAIL).write_bytes(b"Content-Type: text/html\r\n\r\n<p>Hello</p>")
    with made.app_context():
        yield made
    let_go(made)


@pytest.fixture
def answers(demo: Flask) -> Answers:
    """What each address answers to GET, by its endpoint; and what a wrong address answers."""
    urls = demo.url_map.bind("localhost")
    ref = make.signature(make.letter(), is_confirmed=False)
    values = {"locale": "en", "slug": "open-roads", "filename": "site.css", "name": "v1"}
    values |= {"theme": "dark", "mail": MAIL}
    values |= {"dimension": "day", "into": "fr", "group": "who"}
    values["number"] = str(telling.post(letters.get_by_slug("open-roads")).number)
    partner = make.partner(letters.get_by_slug("open-roads"), logo=True)
    values |= {"code": partner.code, "partner_id": str(partner.id)}
    of_partner = SignatureRef(partner.letter_id, partner.id)
    values["digest"] = scripts.hash_of(scripts.newest("v1"))
    digest = bytes(DIGEST_BYTES)
    letter = letters.get_by_slug("open-roads")
    with transaction():
        pictures.keep(letter, pictures.make(make.picture()), by=make.OPERATOR)
    made = {
        "site.preview": previews.make(ref.letter_id, "en"),
        "site.confirm": tokens.make(Purpose.CONFIRM, ref),
        "site.my_signature": tokens.make(Purpose.MANAGE, ref),
        "site.objection": tokens.make(Purpose.MANAGE, ref),
        "site.not_me": opt_outs.make(OptOut(ref, digest)),
        "site.unsubscribe": opt_outs.make(OptOut(ref, digest, Sort.NEWS)),
        "staff.invitation": tokens.make(Purpose.INVITATION, staff.invitation()),
        "site.partner_page": tokens.make(Purpose.PARTNER, of_partner),
        "site.credit": tokens.make(Purpose.CREDIT, ref, partner.id.bytes),
    }

    shown = Picture.of(letter)
    assert shown is not None
    own = {
        "site.looks.style": {"digest": looks.digest(letter)},
        "site.looks.picture": {"digest": shown.digest, "name": "480.webp"},
    }

    def address(rule: Rule) -> str:
        token = made.get(rule.endpoint.rpartition(".")[0])
        ids = {name: str(ref.letter_id) for name in rule.arguments if name.endswith("_id")}
        known = ids | values | ({"token": token} if token else {}) | own.get(rule.endpoint, {})
        assert rule.arguments <= set(known), f"say here what stands for the values in {rule.rule}"
        query = {"url": "http://localhost/en/open-roads"} if "oembed" in rule.rule else {}
        wanted = {name: known[name] for name in rule.arguments}
        return urls.build(rule.endpoint, wanted | query)

    bearers = _bearers(partner)
    client = demo.test_client()
    own["api.imports.get_import"] = {"import_id": _import(client, bearers["api."])}
    rules = [rule for rule in demo.url_map.iter_rules() if "GET" in (rule.methods or ())]
    asked = {
        rule.endpoint: client.get(
            address(rule), headers=_bearer(bearers, rule.endpoint), buffered=True
        )
        for rule in rules
    }
    return asked | _refused(client)


def _bearers(partner: Partner) -> dict[str, dict[str, str]]:
    """What programs show, by the beginning of what it opens: a partner's, and the campaign's."""
    a_day, by = timedelta(days=1), make.OPERATOR
    with transaction():
        one = partner_tokens.make(partner, "CRM", OF_PARTNER, a_day, by=by)
        own = partner_tokens.make_for_letter(partner.letter_id, "CRM", OF_LETTER, a_day, by=by)
    of_partner, of_campaign = ({"Authorization": f"Bearer {plain}"} for plain in (one, own))
    return {"api.feeds.": of_partner, "api.signatures.": of_partner, "api.": of_campaign}


def _bearer(bearers: dict[str, dict[str, str]], endpoint: str) -> dict[str, str]:
    return next((head for begin, head in bearers.items() if endpoint.startswith(begin)), {})


def _import(client: FlaskClient, bearer: dict[str, str]) -> str:
    sent = {"source": "openPetition", "file": (io.BytesIO(b"name\nAda Quist\n"), "list.csv")}
    answer = client.post("/api/v1/letters/open-roads/imports", data=sent, headers=bearer)
    made: str = answer.get_json()["id"]
    return made


def _refused(client: FlaskClient) -> Answers:
    return {
        "(nothing there)": client.get("/en/nothing/there/at-all"),
        "(no such letter)": client.get("/embed/none/en.json"),
        "(a broken link)": client.get("/en/confirm/broken"),
        "(a foreign post)": client.post("/en/open-roads/sign", headers={"Origin": "https://x.eu"}),
    }


def test_every_answer_protects_its_visitor_and_stores_nothing(answers: Answers) -> None:
    refused = {name: one.status_code for name, one in answers.items() if one.status_code >= 400}
    refused.pop("staff.too_large.show")  # a page that says no, for nginx to show
    assert all(name.startswith("(") for name in refused), refused  # the walk saw real pages

    for endpoint, answer in answers.items():
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, endpoint
        assert "base-uri 'none'" in policy, endpoint
        assert "frame-ancestors" in policy, endpoint
        assert "unsafe" not in policy, endpoint
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["Referrer-Policy"] == "same-origin", endpoint
        assert headers["Cache-Control"], endpoint
        assert "Set-Cookie" not in headers, endpoint


def test_what_others_embed_is_open_to_them_and_nothing_else_is(answers: Answers) -> None:
    for endpoint, answer in answers.items():
        is_open = endpoint.startswith(("embed.", "api.", "(no such letter)"))
        headers = answer.headers
        assert headers.get("Access-Control-Allow-Origin") == ("*" if is_open else None), endpoint
        wanted = "cross-origin" if is_open else "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == wanted, endpoint
        may_frame = endpoint.startswith("embed.counter.as_") and "frame" in endpoint
        policy = headers["Content-Security-Policy"]
        assert ("frame-ancestors *" in policy) is may_frame, endpoint


def test_personal_pages_are_kept_by_nobody(answers: Answers) -> None:
    for endpoint, answer in answers.items():
        if any(word in endpoint for word in PERSONAL):
            assert answer.headers["Cache-Control"] == "no-store", endpoint
            assert "noindex" in answer.headers["X-Robots-Tag"], endpoint
