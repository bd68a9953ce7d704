"""Carrying out very many signatures: rows a second, first byte, memory; beside `psql \\copy`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage

from benchmarks.installation import Installation
from signing import ROOT
from signing.cli.app import OPERATOR
from signing.core.db import transaction
from signing.exports import actions, carrying, queries
from signing.exports.choice import Choice, Format
from signing.exports.purpose import Purpose
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures.wanted import Wanted

# What our CSV has, as far as a database alone can tell it: sealed is sealed.
COPY = """
\\copy (SELECT s.sealed, s.country, s.locale, s.public_name, s.created_at, s.confirmed_at,
 (SELECT string_agg(c.purpose || '=' || c.wording_id, ' ' ORDER BY c.purpose) FROM consents c
  WHERE c.letter_id = s.letter_id AND c.signature_id = s.id AND c.withdrawn_at IS NULL),
 s.entry, s.partner_id, s.id
 FROM signatures s WHERE s.letter_id = '{letter}' AND s.state = 'confirmed' ORDER BY s.id)
 TO '/dev/null' WITH (FORMAT csv, HEADER)
"""


LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Figure:
    """So many rows in so many seconds, and the most resident megabytes on the way (0: unknown)."""

    name: str
    rows: int
    seconds: float
    megabytes: float = 0.0

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds


def report(installed: Installation, slug: str) -> None:
    """Print what it costs to carry out the letter of this name, which very many have signed."""
    for one in figures(installed, slug):
        memory = f"; {one.megabytes:.0f} MB resident at most" if one.megabytes else ""
        told = f"{one.per_second:10,.0f} rows/s ({one.rows:,} in {one.seconds:.3f} s{memory})"
        print(f"  export: {one.name:54} {told}")


def figures(installed: Installation, slug: str) -> Iterator[Figure]:
    """Each export as the command makes it, start of the process included."""
    with installed.app.app_context():
        letter = letters.get_by_slug(slug)
        rows = queries.count(Choice(Wanted(letter.id)))
        yield Figure("first byte of CSV", 1, _first_byte(letter))
    url = installed.environment["SIGNING_DATABASE_URL"]
    if url.startswith("postgresql") and shutil.which("psql"):
        yield Figure("psql \\copy of the same columns", rows, _copy(url, letter))
    key = str(pyrage.x25519.Identity.generate().to_public())
    for name, more in (
        ("CSV", ["--format", "csv"]),
        ("JSON Lines", ["--format", "jsonl"]),
        ("XLSX", ["--format", "xlsx"]),
        ("CSV encrypted to an age key", ["--format", "csv", "--encrypt-to", key]),
    ):
        seconds, megabytes = _command(installed, slug, more)
        yield Figure(name, rows, seconds, megabytes)


def _first_byte(letter: Letter) -> float:
    """From the wish to the first piece of the file."""
    began = time.perf_counter()
    choice = Choice(Wanted(letter.id), format=Format.CSV)
    number = queries.count(choice)
    with transaction():
        begun = actions.carry_out(letter, choice, Purpose(), by=OPERATOR, number=number)
    with carrying.begin(begun, Path()) as carrier:
        next(iter(carrier.pieces(transaction)))
        return time.perf_counter() - began


def _copy(url: str, letter: Letter) -> float:
    began = time.perf_counter()
    command = " ".join(COPY.format(letter=letter.id).split())
    address = url.replace("postgresql+psycopg", "postgresql")
    subprocess.run(["psql", address, "--quiet", "-c", command], check=True)
    return time.perf_counter() - began


def _command(installed: Installation, slug: str, more: list[str]) -> tuple[float, float]:
    """Seconds, and megabytes of the process itself."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "signing", "signatures", "export", slug, *more],
        env=os.environ | installed.environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, _megabytes(process.pid))
        time.sleep(LOOK_SECONDS)
    assert process.returncode == 0  # noqa: S101
    return time.perf_counter() - began, most


def _megabytes(pid: int) -> float:
    """The most it had so far. Not `ru_maxrss`: there a child begins with what its parent has."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    line = next((one for one in told.splitlines() if one.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) / 1024
