"""The files themselves: opened by LibreOffice, decrypted by Debian's own age and gpg."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pysequoia
import pytest
import time_machine

from signing.core import cells, clock
from signing.core.refusals import Refusal
from signing.exports import encryption, sheets
from signing.exports.encryption import Encrypted
from signing.exports.sheets import Csv, Sheet, Xlsx
from tests.conftest import missing

WHO = "Cleo <cleo@example.org>"
HEADER = ["name", "comment"]
ROWS = [
    ["محمد العربي", "مرحبا\nسطر ثان"],
    ["Zoë 🚲 Lindqvist", "first\r\nsecond, \"quoted\""],
    ["=1+1", "+49 30 123"],
    ["12345678901234567890", "007"],
    ["@home", "-5"],
    ["http://example.org", "2026-01-02"],
    ["１２＝", "_x0041_"],
]  # fmt: skip


def needs(*programs: str) -> None:
    absent = [one for one in programs if shutil.which(one) is None]
    if absent:
        missing(f"not installed: {', '.join(absent)}")


def run(*command: str, **more: str) -> bytes:
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=90, env=os.environ | more
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def whole(sheet: Sheet) -> bytes:
    return sheet.add(ROWS) + b"".join(sheet.end())


def test_libreoffice_reads_the_cells_as_they_are(tmp_path: Path) -> None:
    needs("soffice")
    (tmp_path / "book.xlsx").write_bytes(whole(Xlsx(HEADER, tmp_path)))
    (tmp_path / "table.csv").write_bytes(whole(Csv(HEADER, has_mark=True)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    text = "Text - txt - csv (StarCalc):44,34,76,1"
    for file, more in (
        ("book.xlsx", ()),
        ("table.csv", (f"--infilter={text},1/2/2/2",)),
    ):
        folder = tmp_path / f"from-{file}"
        into = ("--convert-to", f"csv:{text}", "--outdir", str(folder))
        run("soffice", profile, "--headless", *more, *into, str(tmp_path / file))
        read = (folder / f"{Path(file).stem}.csv").read_text("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(read, newline=""))
        wanted = ROWS if file == "book.xlsx" else [[cells.safe(one) for one in row] for row in ROWS]
        assert header == HEADER
        assert [_lines(row) for row in rows] == [_lines(row) for row in wanted]


def _lines(row: list[str]) -> list[str]:
    """A spreadsheet ends the lines within a cell in its own way."""
    return [cell.replace("\r\n", "\n") for cell in row]


def test_what_is_too_long_for_one_sheet_goes_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("soffice")
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    book = Xlsx(HEADER, tmp_path)
    data = whole(book)
    names = run("unzip", "-l", _kept(tmp_path, data)).decode()
    assert "sheet3.xml" in names
    assert "sheet4.xml" not in names


def _kept(folder: Path, data: bytes) -> str:
    (folder / "kept.xlsx").write_bytes(data)
    return str(folder / "kept.xlsx")


def encrypted(tmp_path: Path, given: bytes) -> Path:
    sealed = Encrypted(Csv(HEADER), encryption.read(given), tmp_path)
    try:
        data = sealed.add(ROWS) + b"".join(sealed.end())
    finally:
        sealed.drop()
    assert "محمد".encode() not in data
    file = tmp_path / "sealed"
    file.write_bytes(data)
    return file


def test_age_opens_what_is_encrypted_to_its_key(tmp_path: Path) -> None:
    needs("age", "age-keygen")
    identity = tmp_path / "identity"
    run("age-keygen", "-o", str(identity))
    public = run("age-keygen", "-y", str(identity))
    file = encrypted(tmp_path, public)
    assert run("age", "-d", "-i", str(identity), str(file)) == whole(Csv(HEADER))


def test_an_ssh_key_will_do_as_well(tmp_path: Path) -> None:
    needs("age", "ssh-keygen")
    private = tmp_path / "id"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(private))
    file = encrypted(tmp_path, private.with_suffix(".pub").read_bytes())
    assert run("age", "-d", "-i", str(private), str(file)) == whole(Csv(HEADER))


def test_gpg_opens_what_is_encrypted_to_its_key(tmp_path: Path) -> None:
    needs("gpg")
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = ("gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback")
    run(
        *gpg, "--passphrase", "", "--quick-gen-key", "Cleo <cleo@example.org>", "default", "default"
    )
    for given in (run(*gpg, "--export", "--armor"), run(*gpg, "--export")):
        file = encrypted(tmp_path, given)
        assert run(*gpg, "--decrypt", str(file)) == whole(Csv(HEADER))
    run("gpgconf", "--homedir", str(home), "--kill", "all")


CERT = pysequoia.Tsk.generate(user_id=WHO)
PUBLIC = CERT.extract_certificate()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (b"", encryption.KeyUnknown),
        (b"age1nonsense", encryption.KeyUnknown),
        (b"ssh-rsa AAAA", encryption.KeyUnknown),
        (b"ssh-rsa AAAAB3NzaC1yc2EAAAABAAAAAAEA", encryption.KeyUnknown),
        (b"\xff\x00nonsense", encryption.KeyUnknown),
        (b"x" * (encryption.MOST_BYTES + 1), encryption.KeyUnknown),
        (b"AGE-SECRET-KEY-1QQ", encryption.KeySecret),
        (bytes(CERT), encryption.KeySecret),
        (str(CERT).encode(), encryption.KeySecret),
        (bytes(PUBLIC) + bytes(PUBLIC.revoke(CERT.certifier())), encryption.KeyOver),
    ],
    ids=range(10),
)
def test_a_key_that_is_none_is_refused_and_says_why(given: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        encryption.read(given)


def test_a_key_that_has_expired_is_refused() -> None:
    an_hour = pysequoia.Tsk.generate(user_id=WHO, validity_seconds=3600)
    given = bytes(an_hour.extract_certificate())
    encryption.read(given)
    later = clock.now() + timedelta(hours=2)
    with time_machine.travel(later), pytest.raises(encryption.KeyOver):
        encryption.read(given)


def test_a_key_without_a_part_that_encrypts_is_refused() -> None:
    packets = list(pysequoia.packet.PacketPile.from_bytes(bytes(PUBLIC)))
    signs_alone = pysequoia.Cert.from_packets(packets[:4])
    with pytest.raises(encryption.KeyOver):
        encryption.read(bytes(signs_alone))


def test_encrypting_that_fails_is_no_file(tmp_path: Path) -> None:
    key = encryption.Key("age", "age1nonsense", "")
    sealed = Encrypted(Csv(HEADER), key, tmp_path)
    try:
        with pytest.raises(OSError, match="failed"):
            list(sealed.end())
    finally:
        sealed.drop()
