"""The mailbox in which bounces wait: on an IMAP server, or a Maildir of this machine."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from signing.mail.bounces import MOST_BYTES
from signing.mail.smtp_url import is_loopback

TIMEOUT_SECONDS = 30.0
IMAP_PORT, IMAPS_PORT = 143, 993
OTHER = "Other"  # the folder for what is no bounce of ours: a person may want to look
FORM = "SIGNING_BOUNCE_BOX needs the form imaps://user:password@host/INBOX or maildir:/path"


class BoxBroken(ValueError):
    """The box cannot be read; the sentence names neither user nor password."""


class Box(Protocol):
    """A mailbox. What two processes do to one mail at once is done once."""

    def list_keys(self) -> list[str]: ...

    def read(self, key: str) -> bytes:
        """The beginning of a mail; empty where it is gone."""

    def delete(self, key: str) -> None: ...

    def put_aside(self, key: str) -> None:
        """The mail lies in the folder `Other` afterwards."""


@contextmanager
def opened(url: str) -> Iterator[Box]:
    """The box, until the end of the block. Raises `BoxBroken`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BoxBroken(FORM) from None
    if parts.scheme == "maildir" and not parts.netloc and parts.path.startswith("/"):
        yield MaildirBox(Path(unquote(parts.path)))
    elif parts.scheme in {"imap", "imaps"} and parts.hostname and parts.username:
        with _logged_in(parts, parts.hostname, port) as imap:
            yield ImapBox(imap, unquote(parts.path.strip("/")) or "INBOX")
    else:
        raise BoxBroken(FORM)


@contextmanager
def _logged_in(parts: SplitResult, host: str, port: int | None) -> Iterator[imaplib.IMAP4]:
    if parts.scheme == "imap" and not is_loopback(host):
        raise BoxBroken("A password would travel readable over imap://: use imaps://.")
    try:
        imap = _dial(parts.scheme, host, port)
        with imap:
            imap.login(_quoted(unquote(parts.username or "")), unquote(parts.password or ""))
            yield imap
    except imaplib.IMAP4.error:
        raise BoxBroken("The server of SIGNING_BOUNCE_BOX refuses what we ask.") from None
    except OSError as error:
        what = type(error).__name__
        raise BoxBroken(f"The server of SIGNING_BOUNCE_BOX cannot be reached: {what}.") from None
    except UnicodeEncodeError:
        raise BoxBroken("User and password of SIGNING_BOUNCE_BOX must be ASCII.") from None


def _dial(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imap":
        return imaplib.IMAP4(host, port or IMAP_PORT, TIMEOUT_SECONDS)
    return imaplib.IMAP4_SSL(
        host,
        port or IMAPS_PORT,
        ssl_context=ssl.create_default_context(),
        timeout=TIMEOUT_SECONDS,
    )


class ImapBox:
    """A folder on an IMAP server."""

    def __init__(self, imap: imaplib.IMAP4, folder: str) -> None:
        self._imap = imap
        _done(imap.select(_quoted(folder)))
        self._other = f"{folder}{self._separator(folder)}{OTHER}"

    def list_keys(self) -> list[str]:
        (found,) = _done(self._imap.uid("SEARCH", "UNDELETED"))
        return found.decode().split() if isinstance(found, bytes) else []

    def read(self, key: str) -> bytes:
        answer = _done(self._imap.uid("FETCH", key, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def delete(self, key: str) -> None:
        _done(self._imap.uid("STORE", key, "+FLAGS", r"(\Deleted)"))
        _done(self._imap.expunge())

    def put_aside(self, key: str) -> None:
        self._imap.create(_quoted(self._other))  # a "no" says that it is there
        _done(self._imap.uid("COPY", key, _quoted(self._other)))
        self.delete(key)

    def _separator(self, folder: str) -> str:
        """What stands between the names of a folder and a folder inside it."""
        (line, *_more) = _done(self._imap.list('""', _quoted(folder)))
        between = line.split(b'"')[1:2] if isinstance(line, bytes) else []
        return between[0].decode() if between else "/"


class MaildirBox:
    """A Maildir, with `.Other` inside it."""

    def __init__(self, path: Path) -> None:
        try:
            self._box = mailbox.Maildir(path, factory=None, create=False)
        except mailbox.NoSuchMailboxError:
            raise BoxBroken("The Maildir of SIGNING_BOUNCE_BOX is not there.") from None

    def list_keys(self) -> list[str]:
        return sorted(self._box.keys())

    def read(self, key: str) -> bytes:
        with suppress(KeyError, FileNotFoundError), self._box.get_file(key) as file:
            return bytes(file.read(MOST_BYTES))
        return b""

    def delete(self, key: str) -> None:
        self._box.discard(key)

    def put_aside(self, key: str) -> None:
        other = self._box.add_folder(OTHER)
        with suppress(KeyError, FileNotFoundError), self._box.get_file(key) as file:
            other.add(file)
        self.delete(key)


def _done(answer: tuple[str, Any]) -> list[Any]:
    """What the server said beside its "OK"."""
    status: str = answer[0]
    said: list[Any] = answer[1]
    if status != "OK":
        raise BoxBroken(f"The server of SIGNING_BOUNCE_BOX said {status}.")
    return said


def _quoted(text: str) -> str:
    """As IMAP's strings are written (RFC 9051, 4.3)."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
