"""An export says by which code a signature came."""

from __future__ import annotations

import csv
from io import StringIO

from flask import Flask

from tests import make
from tests.exports.carrying_out import carry_out, choice


def test_the_column_has_the_code_of_whoever_brought_the_signature(app: Flask) -> None:
    letter = make.letter()
    partner = make.partner(letter)
    make.signature(letter, email="a@example.org", partner_id=partner.id)
    make.signature(letter, email="b@example.org")
    file, _id = carry_out(choice(letter, columns=("email", "partner")))
    rows = list(csv.reader(StringIO(file.decode("utf-8-sig"))))
    assert rows[1:] == [["a@example.org", "green-web"], ["b@example.org", ""]]
