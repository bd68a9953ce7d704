"""A whole life of marked people on a real server and worker: then every place is searched for them.

Logs, addresses, heads of answers, error pages, the mail queue, each table of both databases.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from sqlalchemy import text

from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.signatures.models import State
from tests.books import Books
from tests.browser.served import Installation, Program
from tests.mail.smtp_server import SmtpServer
from tests.web.hardening import walk
from tests.web.hardening.dumps import Rows, dump
from tests.web.hardening.marks import Person, traces

HIDDEN = Person(
    "Quillonia Markwardtova", "quillonia.qzmark@qzhidden.org", "Qzvillestad", "Qzbecause of trains",
    "no",
)  # fmt: skip
SHOWN = Person(
    "Brunhildus Wexelmarkson", "brunhildus.wxmark@wxshown.org", "Wxtownbury", "Wxfor my children",
    "full",
)  # fmt: skip
CORRECTED = "Quillonia Zzcorrectedova"
SECRETS = [*HIDDEN.secrets(), *SHOWN.secrets(is_name_public=True), *CORRECTED.split()]
EVERYTHING = [*HIDDEN.secrets(), *SHOWN.secrets(), *CORRECTED.split()]
SIGN, SENT = f"/en/{walk.SLUG}/sign", f"/en/{walk.SLUG}/sent"
PATIENCE = 20.0


@dataclass
class Browsing:
    """Asks, and keeps what came back apart from the pages that belong to the visitor."""

    port: int
    heads: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        """The body; or, of a redirect, where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        try:
            connection.request(method, path, urlencode(form or {}), kind)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        self.statuses.append(answer.status)
        self.heads.append(str(answer.headers))
        if answer.status >= 400 and answer.status != 422:  # the form keeps what was typed
            self.errors.append(body)
        return answer.headers.get("Location") or body

    def sign(self, person: Person) -> str:
        return self.ask("POST", SIGN, person.form())


@pytest.fixture
def mail_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def chosen(settings: Settings, environment: dict[str, str]) -> dict[str, str]:
    return environment | {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }


@pytest.fixture
def installation(
    chosen: dict[str, str], tmp_path: Path, mail_server: SmtpServer
) -> Iterator[Installation]:
    with Installation(chosen, tmp_path, mail_server) as served:
        with served.app.app_context():
            walk.letter()
        yield served


def test_the_search_finds_what_is_there() -> None:
    """A search that finds nothing anywhere would please too easily."""
    for secret in (HIDDEN.email, HIDDEN.comment, CORRECTED):
        raw = secret.encode()
        for content in (
            b"x" + raw.upper(),
            quote(secret).encode(),
            b"\x00" + base64.b64encode(b"ab" + raw) + b"\xff",
            raw.hex().encode(),
            hashlib.sha256(raw.lower()).digest(),
        ):
            assert secret in traces([*EVERYTHING, CORRECTED], b"some " + content + b" thing"), (
                content
            )
    assert traces(EVERYTHING, b"somebody else") == []


def test_nothing_names_anybody_who_did_not_choose_it(
    installation: Installation, chosen: dict[str, str], tmp_path: Path
) -> None:
    browsing = Browsing(installation.port)
    _sign_and_err(browsing, installation)
    _meet_a_broken_database(browsing, installation)
    _have_mail_refused(browsing, installation)
    _confirm_and_change(browsing, installation)
    exported = _export(chosen, tmp_path)
    assert HIDDEN.email in exported  # the marks are where they belong, and so can be found
    while_there = dump(installation.app)
    _withdraw(browsing, installation)
    afterwards = dump(installation.app)

    assert {303, 404, 422} <= set(browsing.statuses)
    assert {500, 503} & set(browsing.statuses)
    assert traces(EVERYTHING, installation.server.log.encode()) == []
    assert traces(EVERYTHING, installation.worker.log.encode()) == []
    assert traces(EVERYTHING, "".join(browsing.heads).encode()) == []
    assert traces(EVERYTHING, "".join(browsing.errors).encode()) == []
    for tables in (while_there, afterwards):
        _check(tables)
    for file in sorted((tmp_path / "data").glob("*.db*")):
        assert traces(SECRETS, file.read_bytes()) == [], file.name


def _sign_and_err(browsing: Browsing, ours: Installation) -> None:
    browsing.sign(SHOWN)
    where = browsing.sign(HIDDEN)
    sealed = urlsplit(where).query.partition("=")[2]
    assert HIDDEN.email in browsing.ask("GET", where)
    browsing.ask("POST", SENT, {"t": sealed})
    browsing.ask("POST", SIGN, HIDDEN.form() | {"country": "nowhere"})
    browsing.ask("POST", SIGN, HIDDEN.form() | {"name": f"{HIDDEN.name} http://x.eu"})
    browsing.ask("POST", SIGN, HIDDEN.form() | {"email": f"{HIDDEN.email},x"})
    browsing.ask("POST", SIGN, HIDDEN.form() | {"padding": "x" * 70_000})
    browsing.ask("PUT", SIGN, HIDDEN.form())
    confirm = _link(ours, "confirm", HIDDEN)
    browsing.ask("GET", f"{confirm}x")
    browsing.ask("POST", f"{confirm}x", {"revision": "1"})
    browsing.ask("GET", f"/en/my-signature/{confirm.rpartition('/')[2]}")
    browsing.ask("GET", f"/en/nothing/{quote(HIDDEN.email)}?name={quote(HIDDEN.name)}")
    browsing.ask("GET", f"/en/{walk.SLUG}?email={quote(HIDDEN.email)}&name={quote(HIDDEN.name)}")


@contextmanager
def _without(ours: Installation, table: str) -> Iterator[None]:
    """The table has another name inside; nothing that writes to it can be done."""

    def rename(old: str, new: str) -> None:
        with ours.app.app_context(), transaction():
            db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    rename(table, "elsewhere")
    try:
        yield
    finally:
        rename("elsewhere", table)


def _meet_a_broken_database(browsing: Browsing, ours: Installation) -> None:
    mine = _link(ours, "confirm", HIDDEN)
    with _without(ours, "consents"):
        browsing.sign(HIDDEN)
        browsing.ask("GET", mine)
        browsing.ask("POST", mine, {"revision": "1"})
        assert browsing.statuses[-3] >= 500
    with _without(ours, "outgoing_mail"):
        browsing.sign(SHOWN)
        time.sleep(1.5)  # the worker meets it too
    assert "Error" in ours.server.log or "database" in ours.server.log
    assert "database" in ours.worker.log


def _have_mail_refused(browsing: Browsing, ours: Installation) -> None:
    """The server refuses with the address in its words, hangs up, and refuses for now."""
    ours.mail.refuse("rcpt", 550)
    ours.mail.drop("before_dot")
    ours.mail.drop("after_dot")
    for number in range(3):
        browsing.sign(replace(HIDDEN, email=f"{number}.{HIDDEN.email}"))
    ours.mail.refuse("data", 451)
    browsing.sign(replace(HIDDEN, email=f"9.{HIDDEN.email}"))
    until = time.monotonic() + PATIENCE
    while "not sent" not in ours.worker.log:
        assert time.monotonic() < until, ours.worker.log
        time.sleep(0.1)


def _confirm_and_change(browsing: Browsing, ours: Installation) -> None:
    for person in (HIDDEN, SHOWN):
        path = _link(ours, "confirm", person)
        for revision in range(1, 9):  # the form was sent several times
            answer = browsing.ask("POST", path, {"revision": str(revision)})
            if answer.endswith("/thanks"):
                break
        browsing.ask("GET", f"/en/{walk.SLUG}/thanks")
    browsing.sign(HIDDEN)  # mails the link to what is confirmed
    browsing.sign(SHOWN)
    mine = _link(ours, "my-signature", HIDDEN)
    assert HIDDEN.comment in browsing.ask("GET", mine)
    browsing.ask("GET", f"{mine}/data.json")
    browsing.ask("POST", f"{mine}/name", {"name": f"http://{HIDDEN.name}"})
    browsing.ask("POST", f"{mine}/name", {"name": CORRECTED})
    browsing.ask("POST", f"{mine}/show", {"show": HIDDEN.name})
    browsing.ask("POST", f"{mine}/show", {"show": "no"})
    browsing.ask("POST", f"{mine}/stop/{quote(HIDDEN.email)}")
    browsing.ask("POST", f"{mine}/stop/news")
    browsing.ask("POST", f"{mine}/fresh")
    assert SHOWN.name in browsing.ask("GET", f"/en/{walk.SLUG}?again")


def _export(chosen: dict[str, str], folder: Path) -> str:
    log = folder / "export.log"
    program = Program(
        "signatures", "export", walk.SLUG, "--out", str(folder / "out.csv"),
        environment=chosen, log=log,
    )  # fmt: skip
    program.start()
    assert program.wait() == 0, program.log
    assert traces(EVERYTHING, log.read_bytes()) == []
    return (folder / "out.csv").read_text()


def _withdraw(browsing: Browsing, ours: Installation) -> None:
    mine = _link(ours, "my-signature", HIDDEN)
    browsing.ask("GET", f"{mine}/withdraw")
    browsing.ask("POST", f"{mine}/withdraw")
    browsing.ask("GET", mine)
    assert Books(ours.app).states().count(State.CONFIRMED) == 1


def _link(ours: Installation, kind: str, person: Person) -> str:
    return urlsplit(ours.link(kind, to=person.email)).path


def _check(tables: dict[str, Rows]) -> None:
    """Only the name that somebody chose to show stands anywhere, and in its own column alone."""
    for table, rows in tables.items():
        for row in rows:
            for column, value in row.items():
                content = value if isinstance(value, bytes) else str(value).encode()
                is_public = (table, column) == ("signatures", "public_name")
                wanted = SECRETS if is_public else EVERYTHING
                assert traces(wanted, content) == [], f"{table}.{column}"
