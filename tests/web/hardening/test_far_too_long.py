"""What is far too long for its field is refused before anything composes it.

To put n marks on one letter in order takes n² steps, in which no other thread has its turn.
"""

from __future__ import annotations

import ast
import time
import unicodedata

import pytest
from email_validator import EmailNotValidError
from flask import Flask
from flask.testing import FlaskClient

from signing.core import address_parts, latin
from signing.partners import origins
from signing.signatures import names
from signing.signatures.address import normalised
from signing.staff_accounts import passwords
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.laws.source import imported, trees

N = 30_000
MARKS = "a" + "\u0300\u0316" * (N // 2)
LETTERS = "äö" * (N // 2)
RATIO, GRACE = 10, 0.2  # a second or more was a hundred times what letters take
COMPOSES = {
    "signing/core/latin.py": "cuts first",
    "signing/core/locales.py": "our own names of countries",
    "signing/moderation/alike.py": "names that were found good",
    "signing/signatures/names.py": "not where it is too long",
    "signing/staff_accounts/passwords.py": "not where it is too long",
    "signing/web/staff/tables.py": "what is stored, which has measures",
}


def test_no_form_composes_what_is_far_too_long(app: Flask, client: FlaskClient) -> None:
    letter = make.letter(fields=("country", "city", "comment"))
    editor = staff.browser(app, staff.member(held=[Held(Role.EDITOR, letter.id)], has_app=False))
    sign, file = "/en/open-roads/sign", "/staff/letters/open-roads/collected/file"
    forms: list[tuple[str, dict[str, str]]] = [
        (sign, {"name": "%s"}),
        (sign, {"city": "%s"}),
        (sign, {"comment": "%s"}),
        (sign, {"email": "%s@example.org"}),
        (sign, {"email": "a@%s.org"}),
        ("/en/open-roads/report", {"name": "%s"}),
        ("/en/open-roads/report", {"words": "%s"}),
        ("/en/my-links", {"email": "%s@example.org"}),
        ("/staff/sign-in", {"email": "%s@example.org", "password": "x"}),
        (file, {"source": "%s"}),
        (file, {"wording": "%s"}),
        (file, {"link": "https://%s.org"}),
    ]

    def seconds(path: str, form: dict[str, str], typed: str) -> float:
        sent = {name: value.replace("%s", typed) for name, value in form.items()}
        data = make.sign_form() | sent if path == sign else sent
        begin = time.thread_time()
        if path == file:
            answer = editor.post(file, **sent)
        else:
            answer = client.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code in {200, 422}, (path, answer.status_code)
        return time.thread_time() - begin

    for path, form in forms:
        easy = min(seconds(path, form, LETTERS) for _ in range(2))
        hard = seconds(path, form, MARKS)
        assert hard < RATIO * easy + GRACE, (path, form, hard, easy)


def test_what_is_too_long_stands_in_the_form_again(client: FlaskClient, app: Flask) -> None:
    make.letter(fields=("country", "comment"))
    comment = " ".join(f"Reason {n}." for n in range(500))
    for typed, said in (
        ({"comment": comment}, "The comment is too long"),
        ({"name": "Zoë " * 200}, "The name is too long"),
    ):
        answer = client.post("/en/open-roads/sign", data=make.sign_form() | typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "".join(typed.values()).strip() in answer.text


def test_far_too_long_is_never_cut_to_something_good() -> None:
    for most in (1, 20, 100):
        for text in ("x" * (most + 1), "x" * 5000, "x\u0302\u0323" * (most + 1), MARKS):
            assert len(names.clean_line(text, most)) > most
            assert len(names.clean_text(text, most)) > most
    fits = unicodedata.normalize("NFD", "\u1e69" * 100)  # three characters become one
    assert names.clean_line(fits) == "\u1e69" * 100
    assert names.clean_line("Zoë" + " " * 50_000 + "Lind") == "Zoë Lind"


def test_what_takes_addresses_apart_takes_none_that_is_far_too_long() -> None:
    long = f"{MARKS}@example.org"
    for read in (address_parts.of_email, normalised):
        with pytest.raises(EmailNotValidError):
            read(long)
    with pytest.raises(ValueError, match="too long"):
        address_parts.of_link(f"https://{MARKS}.org")
    assert not origins.is_site(f"https://{MARKS}.org")
    assert not origins.is_hook(f"https://{MARKS}.org")
    assert passwords.find_weakness(MARKS) is passwords.Weakness.LONG
    assert passwords.find_weakness("\ufb01" * 300) is passwords.Weakness.LONG
    assert latin.words("Ünder " + MARKS, "en")[:1] == ["under"]


def test_who_brings_files_brings_little_text(app: Flask) -> None:
    """A file goes to the disk in pieces; text stands in memory and is looked at."""
    letter = make.letter()
    editor = staff.browser(app, staff.member(held=[Held(Role.EDITOR, letter.id)], has_app=False))
    path = "/staff/letters/open-roads/collected/file"
    part = b'--x\r\nContent-Disposition: form-data; name="source"\r\n\r\n%s\r\n--x--\r\n'
    for kind, body in (
        ("multipart/form-data; boundary=x", part % (b"x" * 600_000)),
        ("application/x-www-form-urlencoded", b"source=" + b"x" * 600_000),
    ):
        assert editor.client.post(path, data=body, content_type=kind).status_code == 413, kind


def test_nothing_else_composes_text_or_takes_addresses_apart() -> None:
    checking = [
        path for path, tree in trees().items() if "email_validator.validate_email" in imported(tree)
    ]
    assert checking == ["signing/core/address_parts.py"]
    composing = {
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "unicodedata.normalize"
    }
    assert composing == COMPOSES.keys()
