"""Calling webhooks beside the mails: the round never waits for an endpoint."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from signing.core import clock
from signing.core.db import let_go, transaction
from signing.letters import queries as letters
from signing.partners import calls, feed, hooks
from signing.partners.calls import Line, Outcome
from signing.partners.models import What
from signing.programs import consenting
from signing.worker.hook_pace import Pace, is_its_own
from signing.worker.hook_wire import NotReached, Wire

AT_ONCE = 12  # lines under way
OF_ONE = 4  # to one endpoint: a slow one leaves room for others
LINE_SECONDS = 20.0  # what is not begun by then is given back, well within the lease
GONE = 410

Told = tuple[UUID, str]  # a call, and what it says
Answers = dict[UUID, int | str]  # by call: the status, or why there is none

log = logging.getLogger(__name__)


class Caller:
    """Takes calls in hand, has threads make them, and settles what has come back since."""

    def __init__(self, wire: Wire | None = None) -> None:
        self._wire = wire or Wire()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._under_way: dict[Future[Answers], tuple[Line, list[UUID]]] = {}
        self._paces: dict[UUID, Pace] = {}

    def work(self) -> int:
        """One round: number the feed, settle, begin; returns how much there was to do."""
        with transaction():
            numbered = feed.number()
        return numbered + self._settle() + self._begin()

    @property
    def is_busy(self) -> bool:
        """Whether calls are under way."""
        return bool(self._under_way)

    def idle(self, stopping: threading.Event, seconds: float) -> None:
        """Wait until something comes back, it is time to look again, or all is to end."""
        if self._under_way:
            wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            stopping.wait(seconds)

    def finish(self, seconds: float = 15.0) -> None:
        """Wait for what is under way, and settle it."""
        wait(self._under_way, timeout=seconds)
        self._settle()

    def close(self) -> None:
        """What is under way is not settled: its lease ends, and it is called once more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> int:
        begun = 0
        while len(self._under_way) < AT_ONCE and (found := self._find()):
            letter_id, hook_id = found
            pace = self._paces.setdefault(hook_id, Pace())
            with transaction():
                line = calls.claim(letter_id, hook_id, pace.size)
            if line is None:
                break  # another worker was quicker
            begun += len(line.calls)
            self._call(line)
        let_go()
        return begun

    def _find(self) -> tuple[UUID, UUID] | None:
        """Whose turn it is: first an endpoint that nobody calls, then one that has room left."""
        resting = {id_ for id_, pace in self._paces.items() if pace.rests(clock.now())}
        busy = [line.hook_id for line, _empty in self._under_way.values()]
        full = {id_ for id_ in busy if busy.count(id_) >= self._paces[id_].lines(OF_ONE)}
        found = calls.find_owed(resting | {*busy})
        return found or (calls.find_owed(resting | full) if len(full) < len({*busy}) else None)

    def _call(self, line: Line) -> None:
        told = _tell(line)
        known = {id_ for id_, _body in told}
        empty = [one.id for one in line.calls if one.id not in known]
        call = self._pool.submit(_post_all, self._wire, line, told)
        self._under_way[call] = (line, empty)

    def _settle(self) -> int:
        done = [call for call in self._under_way if call.done()]
        for call in done:
            line, empty = self._under_way.pop(call)
            answers = call.result()
            self._paces[line.hook_id].note([*answers.values()], clock.now())
            with transaction():
                calls.settle(line, _outcome(line, empty, answers))
        return len(done)


def _post_all(wire: Wire, line: Line, told: Sequence[Told]) -> Answers:
    """One after the other, until the endpoint fails or the time is over."""
    answers: Answers = {}
    until = time.monotonic() + LINE_SECONDS
    with wire.open(line.url) as opened:
        for call_id, body in told:
            try:
                answers[call_id] = opened.post(body.encode(), _headers(line, call_id, body))
            except NotReached as error:
                answers[call_id] = str(error)
            if is_its_own(answers[call_id]) or time.monotonic() > until:
                break
    return answers


def _outcome(line: Line, empty: Sequence[UUID], answers: Answers) -> Outcome:
    """How it is to be settled, by what came back."""
    taken = [id_ for id_, one in answers.items() if isinstance(one, int) and 200 <= one < 300]
    failed = {id_: str(one) for id_, one in answers.items() if id_ not in taken}
    for word in sorted({*failed.values()}):
        log.warning("webhook %s: %s", line.hook_id, word)
    return Outcome(taken, empty, failed, is_gone=GONE in answers.values())


def _tell(line: Line) -> list[Told]:
    """What each call says, as of now; nothing where nobody may know any more who it was."""
    slug = letters.get(line.letter_id).slug
    feed_lines = [one.feed_line for one in line.calls]
    filled = consenting.fill(line.letter_id, line.partner_id, feed_lines)
    return [
        (owed.id, _body(slug, event))
        for owed, event in zip(line.calls, filled, strict=True)
        if event.who is not None or event.what not in {What.CONFIRMED, What.CORRECTED}
    ]


def _body(slug: str, event: consenting.Line) -> str:
    data: dict[str, object] = {
        "letter": slug,
        "event": str(event.id),
        "signature": str(event.signature_id),
    }
    if event.who:
        data |= asdict(event.who)
    told = {"type": event.what.value, "timestamp": event.at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)


def _headers(line: Line, id_: UUID, body: str) -> dict[str, str]:
    """The id stays the same however often it is tried; each secret that is good signs."""
    call_id, at = f"msg_{id_.hex}", int(clock.now().timestamp())
    signed = " ".join(hooks.sign(secret, call_id, at, body) for secret in line.secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Signing",
        "webhook-id": call_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signed,
    }
