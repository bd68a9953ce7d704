"""The production web server."""

from __future__ import annotations

import os
import resource
import socket

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from signing.core.settings import Settings, read_settings
from signing.web.patience import SLOTS

RESPAWN_SECONDS = 0.2  # granian gives up on all when one dies again within this time
SPARE_THREADS = 64  # for pages, while as many forms as may be are on their way; made when needed
CONNECTIONS = 4096  # a process; one that says nothing costs no thread
HEAD_MILLISECONDS = 10_000  # so long a request's first lines may take
FILES = 3 * CONNECTIONS  # a connection each, and what the databases need


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes; one a core is usual.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web pages; put nginx in front in production.

    Example: signing serve --port 8000 --workers 4
    """
    settings = read_settings(os.environ)
    check_port(host, port)
    start(host, port, workers, settings)


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken: two servers on one port would both answer, in turns."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}") from None


def start(host: str, port: int, workers: int, settings: Settings) -> None:
    """Serve until TERM or INT; requests in flight are answered first."""
    _allow_files()
    Granian(
        "signing.web.wsgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # over HTTP/2 a body need not say its length
        workers=workers,
        blocking_threads=SLOTS + settings.waiting_forms + SPARE_THREADS,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS),
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=20,
        log_access=False,
    ).serve()


def _allow_files() -> None:
    """As many open files as we may have of what we need: systemd begins with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
