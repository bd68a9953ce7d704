"""The production web server."""

from __future__ import annotations

import os
import socket

import click
from granian import Granian
from granian.constants import Interfaces

from signing.core.settings import read_settings

RESPAWN_SECONDS = 0.2  # granian gives up on all when one dies again within this time
BLOCKING_THREADS = 2 * (os.cpu_count() or 1) + 1  # a process; most of them wait for the database


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes; one a core is usual.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web pages; put nginx in front in production.

    Example: signing serve --port 8000 --workers 4
    """
    read_settings(os.environ)
    check_port(host, port)
    start(host, port, workers)


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken: two servers on one port would both answer, in turns."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}") from None


def start(host: str, port: int, workers: int) -> None:
    """Serve until TERM or INT; requests in flight are answered first."""
    Granian(
        "signing.web.wsgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=20,
        log_access=False,
    ).serve()
