"""How long a phone works for a challenge: Chromium on one core, stopped five sixths of the time.

The developer tools' throttling slows the page's own thread alone, while keys are derived beside
it; so the whole browser is stopped and let go in turns, as `cpulimit` does.
"""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.installation import SLUG, Installation
from signing.letters import queries as letters
from signing.signatures.screening import Work
from signing.web.site import proof_of_work
from tests.browser.embed_probe import chromium

SLOWER = 6
TURN_SECONDS = 0.01
SAMPLES = 5

SOLVE = """async ([script, challenge]) => {
  const form = document.createElement("form");
  form.dataset.challenge = JSON.stringify(challenge);
  form.innerHTML = '<p class="working" hidden></p>';
  const done = new Promise((resolve) => { form.requestSubmit = resolve; });
  document.body.replaceChildren(form);
  const began = performance.now();
  await import(script + "#" + Math.random());
  await done;
  return performance.now() - began;
}"""


def seconds(installed: Installation) -> Iterator[tuple[str, float, float]]:
    """Difficulty, median and longest time in seconds."""
    with chromium() as browser, installed.app.test_request_context():
        page = browser.new_page(bypass_csp=True)
        page.goto(f"{installed.url}/healthz")
        letter = letters.get_by_slug(SLUG)
        for difficulty in (Work.NORMAL, Work.RAISED):
            challenges = [proof_of_work.challenge(letter, difficulty) for _ in range(SAMPLES)]
            with _slow():
                taken = [_solve(page, installed.url, challenge) for challenge in challenges]
            yield difficulty.name.lower(), statistics.median(taken), max(taken)


def _solve(page: Page, url: str, challenge: dict[str, object]) -> float:
    milliseconds = page.evaluate(SOLVE, [f"{url}/static/work.js", challenge])
    return float(milliseconds) / 1000


@contextmanager
def _slow() -> Iterator[None]:
    """All processes of the browser run a sixth of the time, on one core."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if _is_chromium(path)]
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {0})
    ending = threading.Event()

    def take_turns() -> None:
        while not ending.is_set():
            _send(pids, signal.SIGSTOP)
            time.sleep(TURN_SECONDS * (SLOWER - 1))
            _send(pids, signal.SIGCONT)
            time.sleep(TURN_SECONDS)

    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _is_chromium(path: Path) -> bool:
    try:
        return path.name.isdecimal() and "chromium" in (path / "cmdline").read_text()
    except OSError:
        return False


def _send(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            continue
