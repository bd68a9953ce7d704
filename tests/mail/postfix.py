"""A real Postfix for a test: Debian's, in the foreground, with folders and ports of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.installation import free_port
from tests.conftest import missing

POSTFIX = Path("/usr/sbin/postfix")
HOST = "127.0.0.1"
PATIENCE_SECONDS = 15.0
# Whoever takes bounces: Postfix hands mail to no root.
NOBODY = pwd.getpwnam("nobody")

# What comes back to the first goes to a command, to the second into a Maildir.
TO_COMMAND, TO_MAILDIR = "letters.example.org", "box.example.org"

# The whole of it: nothing of /etc/postfix is read, and nobody in the DNS is asked.
MAIN = """\
compatibility_level = 3.6
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.letters.example.org
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
recipient_delimiter = +
local_recipient_maps =
relayhost = [127.0.0.1]:{next_hop}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtpd_error_sleep_time = 0
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/access
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
virtual_mailbox_domains = {to_command}, {to_maildir}
transport_maps = inline:{{ {to_command}=taken: }}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:returned/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
# Each process takes one client and ends, so that the next one reads the table `access` anew.
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
  -o max_use=1
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
taken unix - n n - - pipe
  flags=Rq user=nobody argv={folder}/take ${{recipient}}
"""


# Postfix starts no command as root, and nobody else may read a developer's Python: the command is
# run by the test, and ends here with the status that it had there.
TAKE = """\
#!/bin/sh
cd {folder}/taken
cat > $$.part
printf %s "$1" > $$.to
mv $$.part $$.mail
while [ ! -s $$.status ]; do sleep 0.05; done
exit "$(cat $$.status)"
"""


class Postfix:
    """Runs inside `with`: takes mail at `url` and hands it on to `next_hop`."""

    def __init__(self, *, next_hop: int) -> None:
        if not POSTFIX.exists():
            missing("postfix is not installed")
        if os.geteuid() != 0:
            missing("Postfix can only be started by root")
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.url = f"smtp://{HOST}:{self.port}"
        self.maildir = self.folder / "mail" / "returned"
        names = {
            "folder": self.folder,
            "port": self.port,
            "next_hop": next_hop,
            "to_command": TO_COMMAND,
            "to_maildir": TO_MAILDIR,
            "uid": NOBODY.pw_uid,
            "gid": NOBODY.pw_gid,
        }
        for name in ("config", "queue", "data", "mail", "taken"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        for name in ("mail", "taken"):
            shutil.chown(self.folder / name, NOBODY.pw_uid)
        (self.folder / "config" / "main.cf").write_text(MAIN.format(**names))
        (self.folder / "config" / "master.cf").write_text(MASTER.format(**names))
        self.answer("", "")
        (self.folder / "take").write_text(TAKE.format(folder=self.folder))
        (self.folder / "take").chmod(0o755)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        self._read = 0
        self._process = subprocess.Popen(
            [POSTFIX, "-c", self.folder / "config", "start-fg"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait_for("daemon started")

    def stop(self) -> None:
        self._control("stop")
        self._process.wait(PATIENCE_SECONDS)
        (self.folder / "log").unlink(missing_ok=True)

    def answer(self, address: str, what: str) -> None:
        """Say this to whoever has mail for the address; nothing special once `what` is empty."""
        table = self.folder / "access"
        table.write_text(f"{address} {what}\n" if what else "")
        os.utime(table, (0, 0))  # Postfix waits two seconds with a file that is being written

    def take(self, command: Callable[[str, bytes], int]) -> int:
        """Have the next mail that came back taken by the command; returns its exit status."""
        taken = self.folder / "taken"
        until = time.monotonic() + PATIENCE_SECONDS
        while not (mails := list(taken.glob("*.mail"))):
            assert time.monotonic() < until, f"nothing came back:\n{self.log}"
            time.sleep(0.05)
        mail = mails[0]
        status = command(mail.with_suffix(".to").read_text(), mail.read_bytes())
        mail.unlink()
        part = mail.with_suffix(".written")
        part.write_text(f"{status}\n")
        part.rename(mail.with_suffix(".status"))
        return status

    def turn_the_page(self) -> None:
        """What stands in the log by now is not waited for."""
        self._read = len(self.log)

    def wait_for(self, words: str) -> str:
        """What is new in the log, once these words stand in it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while words not in (log := self.log[self._read :]):
            assert time.monotonic() < until, f"never {words}:\n{log}"
            time.sleep(0.05)
        return log

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def _control(self, word: str) -> None:
        subprocess.run(
            [POSTFIX, "-c", self.folder / "config", word],
            check=False,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
        )
