"""Signatures from elsewhere, brought in by the pages and the worker as they are."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from signing.collected import queries
from signing.collected.models import CollectedSignature, CollectedUpload, Collection
from signing.core.db import db
from signing.core.settings import Settings
from signing.letters.models import Letter
from signing.worker import jobs
from tests import staff

PLACE = "/staff/letters/open-roads/collected"
ABOUT = {
    "kind": "openpetition",
    "source": "openPetition",
    "link": "https://www.openpetition.de/x",
    "as_of": "2026-03-01",
    "basis": "",
    "wording": "",
}
WITH_BASIS = {"basis": "consent", "wording": "I sign and agree that the campaign keeps my address."}
COLUMNS = {"column-0": "name", "column-1": "email", "column-2": "city", "has_header": "y"}


def listing(number: int, *, begin: int = 0) -> str:
    """A list with so many people, each with an address of their own."""
    lines = [f"Ada Quist {n},ada{n}@example.org,Ulm" for n in range(begin, begin + number)]
    return "\n".join(["name,email,city", *lines]) + "\n"


def upload(browser: staff.Browser, content: str | bytes, **about: str) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    file = (io.BytesIO(data), "list.csv")
    return browser.post(f"{PLACE}/file", **{**ABOUT, **about, "file": file})


def id_of(answer: TestResponse) -> UUID:
    """Of the collection that the answer leads to."""
    found = re.search(r"/collected/([0-9a-f-]{36})", answer.headers["Location"])
    assert found is not None
    return UUID(found[1])


def bring_in(
    browser: staff.Browser, settings: Settings, content: str | bytes, **about: Any
) -> UUID:
    """The list, uploaded and read; it does not count yet."""
    id_ = id_of(upload(browser, content, **about))
    answer = browser.post(f"{PLACE}/{id_}/columns", **COLUMNS)
    assert answer.status_code == 303, staff.words(answer)
    work(settings)
    return id_


def work(settings: Settings) -> None:
    """All that waits for a worker is done."""
    bench = jobs.Bench(settings)
    while bench.work():
        pass
    staff.look_anew()


def get(letter: Letter, id_: UUID) -> Collection:
    staff.look_anew()
    return queries.get(letter.id, id_)


def count_rows() -> tuple[int, int]:
    """How many people, and how many pieces of files, are stored."""
    staff.look_anew()
    tables = (CollectedSignature, CollectedUpload)
    people, pieces = (db.session.scalar(select(func.count()).select_from(one)) for one in tables)
    return people or 0, pieces or 0
