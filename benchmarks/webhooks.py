"""Ten thousand people told to one partner's webhook, beside a bare loop of the same client."""

from __future__ import annotations

import json
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event, func, insert, select

from benchmarks import endpoint, upkeep
from benchmarks.broadcasting import Figure
from benchmarks.installation import Installation, open_letter
from signing.cli.app import OPERATOR
from signing.core.db import db, transaction
from signing.letters.models import ConsentPurpose, Letter
from signing.partners import feed, hooks
from signing.partners.models import Call, CallState, Partner, Webhook, What
from signing.programs import newsletters
from signing.signatures.models import Consent, Signature, State
from signing.worker.hook_wire import Wire
from signing.worker.hooks import OF_ONE, Caller
from tests.programs.asking import asking
from tests.programs.endpoint import certificate

SLUG = "told"
PEOPLE = 10_000
AT_ONCE = 1000
BARE = 1000  # calls of each of the bare loops


def figures(installed: Installation) -> Iterator[Figure]:
    """By the worker's own rounds, against a real HTTPS server on this machine."""
    with tempfile.TemporaryDirectory() as folder, installed.app.app_context():
        pem = certificate(Path(folder))
        trusting = ssl.create_default_context(cafile=str(pem))
        wire = Wire(may_call=lambda _address: True, context=trusting)
        with endpoint.running(pem) as url:
            _fill(open_letter(SLUG), url)
            rate, statements, processor = _tell_all(wire)
            bare = _call_bare(wire, url)
    yield Figure(f"webhooks, each of {PEOPLE:,} deliveries told", rate, "/s")
    yield Figure("the same calls in a bare loop of the same client", bare, "/s")
    yield Figure("webhooks, ratio to the bare loop", rate / bare, "")
    yield Figure("webhooks, SQL statements for a delivery", statements, "")
    yield Figure("webhooks, the worker's processor time for a delivery", processor * 1000, " ms")


def _fill(letter: Letter, url: str) -> None:
    """Confirmed people who agreed to hear from a partner, each with a line that waits."""
    partner = asking(letter)
    hook = _hook(partner, url)
    wording = newsletters.find_shown(letter, partner.code, "en")
    assert wording is not None  # noqa: S101  # `asking` has set it
    more = {
        "purpose": ConsentPurpose.PARTNER.value,
        "receiver_id": partner.id,
        "wording_id": wording.id,
    }
    for first in range(0, PEOPLE, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        rows = [upkeep.row(letter.id, number, State.CONFIRMED) for number in numbers]
        with transaction():
            db.session.execute(insert(Signature), rows)
            db.session.execute(insert(Consent), [upkeep.consent(row) | more for row in rows])
            feed.note(letter.id, [(hook.partner_id, row["id"]) for row in rows], What.CONFIRMED)
        db.session.expunge_all()


def _hook(partner: Partner, url: str) -> Webhook:
    """Forms refuse names of this machine, so it is set beside them."""
    with transaction():
        hook, _secret = hooks.add(partner, "https://partner.example/", by=OPERATOR)
        hook.url = url
    return hook


def _tell_all(wire: Wire) -> tuple[float, float, float]:
    """Deliveries a second; statements and seconds of this process's processor time for each."""
    caller, stopping = Caller(wire), threading.Event()
    with _counting() as statements:
        began, spent = time.perf_counter(), time.process_time()
        while caller.work() or caller.is_busy:
            caller.idle(stopping, 0.05)
        seconds, processor = time.perf_counter() - began, time.process_time() - spent
    caller.close()
    done = select(func.count()).select_from(Call).where(Call.state == CallState.DONE)
    n = db.session.scalar(done) or 0
    assert n == PEOPLE, f"{n} were told"  # noqa: S101  # else the figure means nothing
    return n / seconds, len(statements) / n, processor / n


@contextmanager
def _counting() -> Iterator[list[str]]:
    """Each statement that is run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def _call_bare(wire: Wire, url: str) -> float:
    """As many loops as the worker has for one endpoint, with a body of the usual size."""
    body = json.dumps({"data": "x" * 600}).encode()

    def loop(_number: int) -> None:
        with wire.open(url) as line:
            for _ in range(BARE):
                line.post(body, {"Content-Type": "application/json"})

    began = time.perf_counter()
    with ThreadPoolExecutor(OF_ONE) as pool:
        list(pool.map(loop, range(OF_ONE)))
    return BARE * OF_ONE / (time.perf_counter() - began)
