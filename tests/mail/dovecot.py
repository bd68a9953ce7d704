"""A real Dovecot for a test: Debian's, in the foreground, with folders and ports of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.installation import free_port
from tests.conftest import missing
from tests.mail.smtp_server import self_signed

DOVECOT = Path("/usr/sbin/dovecot")
HOST = "127.0.0.1"
PATIENCE_SECONDS = 15.0
USER, PASSWORD = "bounces@letters.example.org", 'p"a\\ss w@rd'
CONFIG = """\
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate
ssl_key = <{folder}/key
mail_location = maildir:{folder}/mail
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """Runs inside `with`; the inbox at `url` and `tls_url` is the Maildir `maildir`."""

    def __init__(self) -> None:
        if not DOVECOT.exists():
            missing("dovecot-imapd is not installed")
        if os.geteuid() != 0:
            missing("Dovecot is started by root here, and serves as nobody")
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)
        self.maildir = self.folder / "mail"
        self.port, tls_port = free_port(), free_port()
        who = f"{USER.replace('@', '%40')}:p%22a%5Css%20w%40rd"
        self.url = f"imap://{who}@{HOST}:{self.port}/INBOX"
        self.tls_url = f"imaps://{who}@localhost:{tls_port}/INBOX"
        private, certificate = self_signed()
        self.certificate = self.folder / "certificate"
        self.certificate.write_bytes(certificate)
        (self.folder / "key").write_bytes(private)
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        names = {"folder": self.folder, "port": self.port, "tls_port": tls_port}
        (self.folder / "dovecot.conf").write_text(CONFIG.format(**names))
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        for path in (self.maildir, *self.maildir.iterdir()):
            shutil.chown(path, "nobody", "nogroup")

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [DOVECOT, "-F", "-c", self.folder / "dovecot.conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._is_answering():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, name: str, raw: bytes) -> None:
        """A mail lies in the inbox, as if delivered."""
        path = self.maildir / "new" / name
        path.write_bytes(raw)
        shutil.chown(path, "nobody", "nogroup")

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def _is_answering(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as client:
                return client.recv(4) == b"* OK"
        except OSError:
            return False
