"""Files that only their receiver can open: to an age or SSH key, or an OpenPGP certificate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from signing.core import clock
from signing.core.later import later
from signing.core.refusals import Refusal
from signing.exports.sheets import Rows, Sheet, pieces

if TYPE_CHECKING:
    import pyrage
    import pysequoia
    from pysequoia import packet

    from signing.exports import cipher
else:
    pyrage, pysequoia, packet = map(later, ("pyrage", "pysequoia", "pysequoia.packet"))
    cipher = later("signing.exports.cipher")

MOST_BYTES = 200_000  # of a certificate with many signatures on it
PANIC = "PanicException"  # of Rust, at an RSA key of zeros; it can be caught by its name alone
SECRET = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY")


class KeyUnknown(Refusal):
    status = 422
    message = _l(
        "This is no key that files can be encrypted to. Give an age or OpenPGP public key."
    )


class KeySecret(Refusal):
    status = 422
    message = _l(
        "This is a private key, which nobody else may have. Give the public key instead, and "
        "consider this one lost."
    )


class KeyOver(Refusal):
    status = 422
    message = _l("This key has expired or was revoked. Ask the receiver for a new one.")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that files can be encrypted to, as text; `name` is how people compare it."""

    kind: str
    text: str
    name: str

    @property
    def ending(self) -> str:
        return "age" if self.kind == cipher.AGE else "gpg"


def read(given: bytes) -> Key:
    """The key that was pasted or uploaded; raises a refusal that says what is wrong with it."""
    text = given.decode("utf-8", "replace").strip()
    if len(given) > MOST_BYTES:
        raise KeyUnknown
    if any(one in text for one in SECRET):
        raise KeySecret
    return _age(text) if text.startswith(tuple(cipher.AGE_RECIPIENTS)) else _openpgp(given)


def _age(text: str) -> Key:
    try:
        pyrage.encrypt(b"", [cipher.age_recipient(text)])
    except (ValueError, pyrage.RecipientError, pyrage.EncryptError):
        raise KeyUnknown from None
    except BaseException as broken:
        if type(broken).__name__ != PANIC:
            raise
        raise KeyUnknown from None
    return Key(cipher.AGE, text, text if len(text) < 100 else f"{text[:40]}…{text[-20:]}")


def _openpgp(given: bytes) -> Key:
    try:
        is_secret, cert = _is_secret(given), pysequoia.Cert.from_bytes(given)
    except Exception:  # noqa: BLE001  # the library names no narrower one
        raise KeyUnknown from None
    if is_secret:
        raise KeySecret
    if cert.is_revoked or (cert.expiration is not None and cert.expiration <= clock.now()):
        raise KeyOver
    try:
        pysequoia.encrypt(b"", recipients=[cert])
    except Exception:  # noqa: BLE001  # no part of it encrypts, or that part is over
        raise KeyOver from None
    return Key(cipher.OPENPGP, str(cert), cert.fingerprint.upper())


def _is_secret(given: bytes) -> bool:
    """Raises what the library raises for what is no OpenPGP at all."""
    secret = (packet.Tag.SecretKey, packet.Tag.SecretSubkey)
    return any(one.tag in secret for one in packet.PacketPile.from_bytes(given))


class Encrypted:
    """A sheet that leaves the house encrypted; on the way no disk has it in the clear."""

    def __init__(self, sheet: Sheet, key: Key, folder: Path) -> None:
        self._sheet = sheet
        self._path = folder / "encrypted"
        written = folder / "key"
        written.write_text(key.text, "utf-8")
        self._process = subprocess.Popen(  # noqa: S603  # our own script, with our own words
            [sys.executable, "-I", cipher.__file__, key.kind, str(written), str(self._path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def _into(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101  # asked for above
        return self._process.stdin

    def add(self, rows: Rows) -> bytes:
        self._into.write(self._sheet.add(rows))
        return b""

    def end(self) -> Iterator[bytes]:
        for piece in self._sheet.end():
            self._into.write(piece)
            if not piece:
                yield b""
        self._into.close()
        if self._process.wait():
            raise OSError("encrypting has failed")
        yield from pieces(self._path)

    def drop(self) -> None:
        """The process has ended afterwards, however far it was."""
        self._process.kill()
        with suppress(OSError):  # what it did not take any more
            self._into.close()
        self._process.wait()
