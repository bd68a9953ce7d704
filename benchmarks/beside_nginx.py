"""The same bytes from nginx (Debian's package) as a file: the yardstick for page and counter."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from benchmarks.installation import SLUG, Installation, free_port, wait_for
from benchmarks.load import measure

SECONDS = 5

CONFIG = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; types {{ text/html html; application/json json; }}
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}; keepalive_requests 1000000; }}
}}
"""


def ratios(installed: Installation, folder: Path) -> Iterator[tuple[str, float, float, float]]:
    """Name, our rate, nginx's rate, their ratio; measured one after the other in one run."""
    files = {"page.html": f"/en/{SLUG}", "count.json": f"/embed/{SLUG}/en.json"}
    for name, path in files.items():
        with urlopen(installed.url + path) as answer:  # noqa: S310  # an address of our own
            (folder / name).write_bytes(answer.read())
    with _nginx(folder) as url:
        for name, path in files.items():
            ours = measure(installed.url + path, seconds=SECONDS).per_second
            theirs = measure(f"{url}/{name}", seconds=SECONDS).per_second
            yield name, ours, theirs, ours / theirs


@contextmanager
def _nginx(folder: Path) -> Iterator[str]:
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port))
    folder.chmod(0o755)
    process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
    try:
        wait_for(f"http://127.0.0.1:{port}/count.json")
        time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
