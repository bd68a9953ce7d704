"""Page, counter, form post and confirmation under granian with two processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import event, select

from benchmarks.installation import SLUG, Installation, wording_ids
from benchmarks.load import Rate, measure
from signing.core.db import db
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.signatures.models import Signature, State

HERE = Path(__file__).parent
READ_SECONDS = 5
WRITE_SECONDS = 8


def rates(installed: Installation) -> Iterator[tuple[str, Rate]]:
    """Name and rate of each hot path, in the order a visitor walks them."""
    url = installed.url
    yield "letter page", measure(f"{url}/en/{SLUG}", seconds=READ_SECONDS)
    yield "counter JSON", measure(f"{url}/embed/{SLUG}/en.json", seconds=READ_SECONDS)
    yield (
        "form post",
        measure(
            f"{url}/en/{SLUG}/sign",
            seconds=WRITE_SECONDS,
            script=HERE / "sign.lua",
            arguments=(wording_ids(url), "a"),
        ),
    )
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, installed.app.app_context():
        file.writelines(f"{path}\n" for path in confirm_paths())
        file.flush()
        rate = measure(
            url, seconds=WRITE_SECONDS, script=HERE / "confirm.lua", arguments=(file.name,)
        )
        yield "confirmation (the first press counts, later ones are told so)", rate


def confirm_paths() -> list[str]:
    """The link of every pending signature, as the mails would carry it."""
    pending = select(Signature.letter_id, Signature.id).where(Signature.state == State.PENDING)
    return [
        f"/en/confirm/{tokens.make(Purpose.CONFIRM, SignatureRef(letter_id, id_))}"
        for letter_id, id_ in db.session.execute(pending)
    ]


def confirmed(installed: Installation) -> int:
    with installed.app.app_context():
        return counts.total(letters.get_by_slug(SLUG).id).n


def statements(installed: Installation) -> dict[str, int]:
    """SQL statements a request, counted in the second of two alike, when all is warm."""
    client = installed.app.test_client()
    wording = wording_ids(installed.url)
    seen: list[str] = []
    with installed.app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def post(number: int) -> None:
        form = {"name": "Zoë", "country": "SE", "show_name": "full", "wording": wording}
        client.post(f"/en/{SLUG}/sign", data=form | {"email": f"counted{number}@example.org"})

    def press(number: int) -> None:
        client.post(paths[number], data={"revision": "1"})

    asked = {
        "letter page": lambda _n: client.get(f"/en/{SLUG}"),
        "counter JSON": lambda _n: client.get(f"/embed/{SLUG}/en.json"),
        "form post": post,
        "confirmation": press,
    }
    counted = {}
    for name, ask in asked.items():
        with installed.app.app_context():
            paths = confirm_paths()
        ask(0)
        event.listen(engine, "after_cursor_execute", note)
        seen.clear()
        ask(1)
        event.remove(engine, "after_cursor_execute", note)
        counted[name] = len([one for one in seen if not one.startswith("BEGIN")])
    return counted
