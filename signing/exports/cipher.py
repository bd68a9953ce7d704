"""Encrypts what comes in at standard input: run as a process of its own, with nothing of ours.

The libraries read and write whole files and let no other thread of their process run meanwhile;
so they get a process, and what is to be encrypted never lies on a disk in the clear.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyrage
import pysequoia

AGE, OPENPGP = "age", "openpgp"
AGE_RECIPIENTS = {
    "age1tagpq1": pyrage.tagpq.Recipient,  # on a security key, safe from quantum computers too
    "age1tag1": pyrage.tag.Recipient,  # on a security key
    "ssh-": pyrage.ssh.Recipient,
    "age1": pyrage.x25519.Recipient,
}


def age_recipient(key: str) -> object:
    """Raises `pyrage.RecipientError`, `ValueError` for what is no recipient at all."""
    for beginning, recipient in AGE_RECIPIENTS.items():
        if key.startswith(beginning):
            return recipient.from_str(key)
    raise ValueError("no recipient")


def main(kind: str, key: str, out: str) -> None:
    """Read standard input to its end; `out` is the encrypted file afterwards."""
    if kind == AGE:
        with Path(out).open("wb") as file:
            pyrage.encrypt_io(sys.stdin.buffer, file, [age_recipient(key)])
    else:
        cert = pysequoia.Cert.from_bytes(key.encode())
        pysequoia.encrypt_file("/dev/stdin", out, recipients=[cert], armor=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).read_text("utf-8"), sys.argv[3])
