"""Page, counter, form post and confirmation under granian with two processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import event, select

from benchmarks.installation import SLUG, Installation, hidden_fields, network
from benchmarks.load import Rate, measure
from signing.cli.app import OPERATOR
from signing.core.db import db, transaction
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.letters import switches
from signing.letters.models import ProofOfWork
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
            arguments=(urlencode(hidden_fields(url)), "a"),
        ),
    )
    with _without_defences(installed):
        yield (
            "form post, nothing counted and no work asked",
            measure(
                f"{url}/en/{SLUG}/sign",
                seconds=WRITE_SECONDS,
                script=HERE / "sign.lua",
                arguments=(urlencode(hidden_fields(url)), "b"),
            ),
        )
    yield (
        "form post of a network far over its limit: refused",
        measure(
            f"{url}/en/{SLUG}/sign",
            seconds=READ_SECONDS,
            script=HERE / "sign.lua",
            arguments=(urlencode(hidden_fields(url)), "c", "192.0.2.1"),
        ),
    )
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, installed.app.app_context():
        file.writelines(f"{path}\n" for path in confirm_paths())
        file.flush()
        rate = measure(
            url, seconds=WRITE_SECONDS, script=HERE / "confirm.lua", arguments=(file.name,)
        )
        yield "confirmation (the first press counts, later ones are told so)", rate


@contextmanager
def _without_defences(installed: Installation) -> Iterator[None]:
    """As if staff had switched the letter's work off."""
    for choice in (ProofOfWork.OFF, ProofOfWork.AUTO):
        with installed.app.app_context(), transaction():
            switches.set_work(letters.get_by_slug(SLUG), choice, by=OPERATOR)
        if choice is ProofOfWork.OFF:
            yield


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
    hidden = hidden_fields(installed.url)
    seen: list[str] = []
    with installed.app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def post(number: int) -> None:
        form = {"name": "Zoë", "country": "SE", "show_name": "full"} | hidden
        form["email"] = f"counted{number}@posteo.de"
        client.post(f"/en/{SLUG}/sign", data=form, headers=network(number))

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
