"""The worker as a command."""

from __future__ import annotations

import gc
import logging
import signal

import click

from signing import create_app
from signing.worker.loop import Worker


@click.command()
def worker() -> None:
    """Send mail, roll up counts, delete what has had its time; any number may run.

    Example: signing worker
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # It tells which letters the names on a paper are made of.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    running = Worker(create_app())
    gc.freeze()  # what is loaded stays: it need not be looked through again and again
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stopping.set())
    running.run()
