"""What partners' visitors load: its bytes against budgets, and what a crowd of them costs us."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import SLUG, Installation, free_port, wait_for
from benchmarks.load import Rate, measure
from signing.web.addresses import asset

SECONDS = 12  # two cache times and a bit
KB = 1024

CACHE = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  log_format asked '$upstream_cache_status';
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  proxy_cache_path {folder}/cache keys_zone=signing:10m use_temp_path=off;
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    access_log {folder}/asked.log asked if=$asked_origin;
    proxy_cache signing; proxy_cache_key $request_uri; proxy_ignore_headers Vary;
    proxy_cache_lock on; proxy_cache_use_stale updating;
    location / {{ proxy_pass {origin}; }}
  }}
  map $upstream_cache_status $asked_origin {{ HIT ""; UPDATING ""; STALE ""; default 1; }}
}}
"""


@dataclass(frozen=True)
class Bytes:
    """A form's bytes; a budget is for the column that it names."""

    name: str
    raw: int
    gzip: int
    brotli: int | None
    budget: int
    of: str  # raw or gzip

    @property
    def keeps_it(self) -> bool:
        return (self.raw if self.of == "raw" else self.gzip) <= self.budget


def sizes(installed: Installation) -> Iterator[Bytes]:
    """Every form, in Arabic, whose letters take the most bytes."""
    with installed.app.test_request_context():
        frame_style, frame_script = asset("embed/frame.css"), asset("embed/oembed.js")
    at = f"/embed/{SLUG}/ar"
    forms = (
        ("<letter-counter>", ["/embed/v1.js"], 2 * KB, "gzip"),
        ("number alone", ["/embed/v1-number.js"], KB // 2, "gzip"),
        ("JSON", [f"{at}.json"], KB // 2, "raw"),
        ("JSON by language", [f"{at}/by-locale.json"], 2 * KB, "raw"),
        ("shields.io's shape", [f"{at}/shields.json"], KB // 2, "raw"),
        ("badge, SVG", [f"{at}.svg"], KB, "raw"),
        ("badge, PNG", [f"{at}.png"], 4 * KB, "raw"),
        ("card, PNG", [f"/ar/{SLUG}/card.png"], 100 * KB, "raw"),
        ("frame with its style", [at, frame_style], 2 * KB, "gzip"),
        ("frame of oEmbed, all", [f"{at}/oembed", frame_style, frame_script], 2 * KB, "gzip"),
        ("oEmbed", [f"/oembed?url={installed.url}/ar/{SLUG}"], 2 * KB, "raw"),
        ("feed", [f"/ar/{SLUG}/feed.atom"], 4 * KB, "gzip"),
    )
    client = installed.app.test_client()
    for name, paths, budget, of in forms:
        parts = [client.get(path).data for path in paths]
        yield Bytes(
            name,
            sum(map(len, parts)),
            sum(len(gzip.compress(part, 6)) for part in parts),
            sum(map(_brotli, parts)) if shutil.which("brotli") else None,
            budget,
            of,
        )


def _brotli(part: bytes) -> int:
    command = ["brotli", "--stdout", "-q", "5"]
    return len(subprocess.run(command, input=part, check=True, capture_output=True).stdout)


def behind_a_cache(installed: Installation, folder: Path) -> tuple[Rate, int]:
    """The counter's rate through nginx's cache, and how often nginx had to ask us for it."""
    path = f"/embed/{SLUG}/en.json"
    with _nginx(folder, installed.url, path) as url:
        asked = folder / "asked.log"
        before = len(asked.read_text().splitlines())
        rate = measure(url + path, seconds=SECONDS)
        time.sleep(0.2)
        return rate, len(asked.read_text().splitlines()) - before


@contextmanager
def _nginx(folder: Path, origin: str, path: str) -> Iterator[str]:
    port = free_port()
    config = folder / "cache.conf"
    config.write_text(CACHE.format(folder=folder, port=port, origin=origin))
    folder.chmod(0o755)
    process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
    try:
        wait_for(f"http://127.0.0.1:{port}{path}")
        time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
