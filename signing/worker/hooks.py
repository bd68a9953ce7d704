"""Calling webhooks beside the mails: the round never waits for an endpoint."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from signing.core import clock
from signing.core.db import let_go, transaction
from signing.letters import queries as letters
from signing.partners import feed, hooks
from signing.partners.hooks import Due
from signing.partners.programs import What
from signing.programs import consenting
from signing.worker.hook_wire import NotReached, Wire

AT_ONCE = 8  # calls under way
OF_ONE = 4  # to one endpoint: a slow one leaves room for others
GONE = 410

log = logging.getLogger(__name__)


class Caller:
    """Takes calls in hand, has threads make them, and settles what has come back since."""

    def __init__(self, wire: Wire | None = None) -> None:
        self._wire = wire or Wire()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._under_way: dict[Future[int], Due] = {}

    def work(self) -> int:
        """One round: number the feed, settle, begin; returns how much there was to do."""
        with transaction():
            numbered = feed.number()
        return numbered + self._settle() + self._begin()

    def finish(self, seconds: float = 15.0) -> None:
        """Wait for what is under way, and settle it."""
        wait(self._under_way, timeout=seconds)
        self._settle()

    def close(self) -> None:
        """What is under way is not settled: its lease ends, and it is called once more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> int:
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        with transaction():
            taken = hooks.claim(room)
        busy = Counter(due.hook.id for due in self._under_way.values())
        for due in taken:
            if busy[due.hook.id] >= OF_ONE:
                with transaction():
                    hooks.give_back(due)
                continue
            busy[due.hook.id] += 1
            self._call(due)
        let_go()
        return len(taken)

    def _call(self, due: Due) -> None:
        body = _body(due)
        if body is None:
            with transaction():
                hooks.settle_empty(due)
            return
        headers = _headers(due, body)
        call = self._pool.submit(self._wire.post, due.hook.url, body.encode(), headers)
        self._under_way[call] = due

    def _settle(self) -> int:
        done = [call for call in self._under_way if call.done()]
        for call in done:
            due = self._under_way.pop(call)
            settle = _how(call, due)
            with transaction():
                settle()
        return len(done)


def _how(call: Future[int], due: Due) -> Callable[[], None]:
    """How it is to be settled, by what came back."""
    try:
        status = call.result()
    except NotReached as error:
        word = str(error)
        return lambda: hooks.settle_failed(due, word)
    if 200 <= status < 300:
        return lambda: hooks.settle_done(due)
    log.warning("webhook %s: %d", due.hook.id, status)
    return lambda: hooks.settle_failed(due, str(status), is_gone=status == GONE)


def _body(due: Due) -> str | None:
    """What is told, as of now; None where nobody may know any more who it was."""
    (line,) = consenting.fill(due.letter_id, due.hook.partner_id, [due.delivery])
    if line.who is None and line.what in {What.CONFIRMED, What.CORRECTED}:
        return None
    data: dict[str, object] = {
        "letter": _slug(due.letter_id),
        "event": str(line.id),
        "signature": str(line.signature_id),
    }
    if line.who:
        data |= asdict(line.who)
    told = {"type": line.what.value, "timestamp": line.at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)


def _slug(letter_id: UUID) -> str:
    return letters.get(letter_id).slug


def _headers(due: Due, body: str) -> dict[str, str]:
    """The id stays the same however often it is tried; each secret that is good signs."""
    call_id, at = f"msg_{due.id.hex}", int(clock.now().timestamp())
    signed = " ".join(hooks.sign(secret, call_id, at, body) for secret in due.secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Signing",
        "webhook-id": call_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signed,
    }
