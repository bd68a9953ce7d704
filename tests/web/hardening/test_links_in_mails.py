"""Tokens: what somebody has changed, cut, kept too long or brought from elsewhere opens nothing."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from signing.core.tokens import Purpose, SignatureRef, Tokens, tokens
from signing.letters import queries as letters
from tests import make
from tests.conftest import Inbox
from tests.laws.source import trees
from tests.web.hardening import walk

PAGES = {Purpose.CONFIRM: "/en/confirm/", Purpose.MANAGE: "/en/my-signature/"}
NO_SUCH_LINK = 404


@pytest.fixture
def ref(app: Flask) -> SignatureRef:
    walk.letter()
    return make.signature(letters.get_by_slug(walk.SLUG), is_confirmed=False)


def _broken(token: str) -> dict[str, str]:
    payload, at, proof = token.split(".")
    swapped = proof[:-2] + ("AA" if proof[-2:] != "AA" else "BB")
    return {
        "one character of the proof changed": f"{payload}.{at}.{swapped}",
        "one character of the content changed": f"B{payload[1:]}.{at}.{proof}",
        "another time": f"{payload}.{at[:-1]}{'A' if at[-1] != 'A' else 'B'}.{proof}",
        "no proof": f"{payload}.{at}",
        "an empty proof": f"{payload}.{at}.",
        "no content": f".{at}.{proof}",
        "truncated": token[:-5],
        "a full stop after it": f"{token}.",
        "twice": f"{token}.{token}",
        "10 kB": 2_500 * "abc.",
        "10 kB after it": token + 10_000 * "A",
        "not ASCII": f"{token[:-3]}ß漢🚂",
        "NUL": f"{token}%00",
        "not UTF-8": f"{token}%ff%fe",
        "a direction mark": f"{token}\u202e",
        "white space": f"{token}%20",
        "a line break": f"{token}%0d%0aX-Evil:%201",
        "in capitals": token.upper(),
    }


@pytest.mark.parametrize("purpose", PAGES)
def test_a_link_that_is_not_ours_letter_by_letter_is_no_link(
    client: FlaskClient, ref: SignatureRef, purpose: Purpose
) -> None:
    page, token = PAGES[purpose], tokens.make(purpose, ref)
    assert client.get(page + token).status_code == 200
    for what, broken in _broken(token).items():
        for answer in (client.get(page + broken), client.post(page + broken)):
            assert answer.status_code in {NO_SUCH_LINK, 405}, what
            assert "X-Evil" not in answer.headers
            assert broken not in answer.text, what


def test_a_link_for_one_purpose_opens_no_other_page(client: FlaskClient, ref: SignatureRef) -> None:
    for made in Purpose:
        for purpose, page in PAGES.items():
            wanted = 200 if made is purpose else NO_SUCH_LINK
            assert client.get(page + tokens.make(made, ref)).status_code == wanted, made


def test_a_link_of_another_house_or_another_way_to_sign_opens_nothing(
    client: FlaskClient, ref: SignatureRef
) -> None:
    ages = {purpose: timedelta(days=1) for purpose in Purpose}
    foreign = Tokens(["x" * 40], ages).make(Purpose.CONFIRM, ref)
    unsalted = TimestampSigner("x" * 40).sign(foreign.partition(".")[0]).decode()
    for token in (foreign, unsalted):
        assert client.get(PAGES[Purpose.CONFIRM] + token).status_code == NO_SUCH_LINK


@pytest.mark.parametrize("purpose", PAGES)
def test_a_genuine_link_past_its_time_says_so_and_does_nothing(
    client: FlaskClient, inbox: Inbox, ref: SignatureRef, purpose: Purpose
) -> None:
    path = PAGES[purpose] + tokens.make(purpose, ref)
    with inbox.later(timedelta(days=500)):
        assert client.get(path).status_code == 410
        assert client.post(path).status_code in {405, 410}


def test_secrets_are_never_compared_letter_by_letter() -> None:
    """`==` stops at the first difference, and its time tells where: keyed values are compared by
    the libraries that make them (itsdangerous, AES-GCM, ALTCHA), by `hmac.compare_digest`, or by
    the index of a database, where the one who asks does not know the key."""
    secret = {"mac", "proof", "token", "signature_of", "expected", "password", "hmac"}
    found = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare):
                continue
            if not any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops):
                continue
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) for side in sides):
                continue
            calls = {ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
            names = {ast.unparse(side).rpartition(".")[2] for side in sides}
            if names & secret or calls & {"hmac.digest", "hmac.new", "vault.digest"}:
                found.append(f"{path}:{node.lineno}: {ast.unparse(node)}")
    assert found == []
