"""People who sign and confirm over HTTP, and who try again when the server goes away under them."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from tests.browser.served import Installation
from tests.conftest import _part
from tests.mail.smtp_server import Received

ANSWER_SECONDS = 20.0
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 30.0
WAITING_EACH = 4  # so many signatures somebody leaves unconfirmed before waiting for mail first
WAIT_SECONDS = 0.5  # then they go on: what a killed worker had in hand stays away for minutes

_CONFIRM = re.compile(r"\S+/confirm/\S+")
_REVISION = re.compile(r'name="revision" value="(\d+)"')


@dataclass
class Crowd:
    """So many threads between `start` and `join`; what was acknowledged to them is noted."""

    ours: Installation
    slug: str
    threads: int
    tried: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    """Addresses whose form was answered with the way to "look in your inbox"."""
    pressed: set[str] = field(default_factory=set)
    """Addresses whose button was answered with the way to "thank you"."""
    cut: int = 0
    """Requests that got no answer."""
    put_off: int = 0
    """Requests that were asked to come again later, while the database was away."""
    refused: list[str] = field(default_factory=list)
    """Answers that should not have been given."""

    def __post_init__(self) -> None:
        self._ending = threading.Event()
        self._people = [
            threading.Thread(target=self._live, args=(number,)) for number in range(self.threads)
        ]
        self._links: dict[str, str] = {}
        self._read = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        for person in self._people:
            person.start()

    def join(self) -> None:
        self._ending.set()
        for person in self._people:
            person.join()

    def _live(self, number: int) -> None:
        caller = Caller(self.ours.port)
        unconfirmed: list[str] = []
        count, quiet_since = 0, time.monotonic()
        while not self._ending.is_set():
            is_tired = time.monotonic() - quiet_since > WAIT_SECONDS
            if len(unconfirmed) < WAITING_EACH or is_tired:
                count += 1
                address = f"person{number}.{count}@example.org"
                self._sign(caller, address)
                unconfirmed.append(address)
            elif not self._press_one(caller, unconfirmed):
                time.sleep(PAUSE_SECONDS)
                continue
            quiet_since = time.monotonic()
        caller.close()
        with self._lock:
            self.cut += caller.cut
            self.put_off += caller.put_off

    def _sign(self, caller: Caller, address: str) -> None:
        """Send the form until it is answered: whoever gets an error sends it again."""
        show = random.choice(("no", "full", "initial"))  # noqa: S311
        form = {"name": "Zoë Lindqvist", "email": address, "country": "SE", "show_name": show}
        self.tried.add(address)
        answer = _until_answered(caller, f"/en/{self.slug}/sign", form)
        if answer.leads_to(f"/en/{self.slug}/sent"):
            self.signed.add(address)
        else:
            self.refused.append(f"form: {answer.status}")

    def _press_one(self, caller: Caller, unconfirmed: list[str]) -> bool:
        """Press the button of a mail that has arrived; False if none has."""
        self._read_mails()
        address = next((one for one in unconfirmed if one in self._links), None)
        if address is None:
            return False
        path = self._links[address]
        page = caller.ask("GET", path)
        if page is None:
            return False
        unconfirmed.remove(address)
        if not (found := _REVISION.search(page.body)):
            self.refused.append(f"confirm page: {page.status}")
            return True
        answer = _until_answered(caller, path, {"revision": found[1]})
        if answer.leads_to(f"/en/{self.slug}/thanks"):
            self.pressed.add(address)
        else:
            self.refused.append(f"press: {answer.status}")
        return True

    def _read_mails(self) -> None:
        with self._lock:
            arrived = self.ours.mail.received[self._read :]
            self._read += len(arrived)
            for mail in arrived:
                self._links[mail.to[0]] = confirm_path(mail)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: str

    def leads_to(self, path: str) -> bool:
        return self.status == HTTPStatus.SEE_OTHER and urlsplit(self.location).path == path


class Caller:
    """Somebody's browser: a connection that is kept, and opened anew when it breaks."""

    def __init__(self, port: int) -> None:
        self.cut = self.put_off = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer | None:
        """The answer, or None where there was none for now."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        try:
            self._connection.request(method, path, urlencode(form or {}), headers)
            answer = self._connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self.cut += 1
            time.sleep(PAUSE_SECONDS)
            return None
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.put_off += 1
            time.sleep(PAUSE_SECONDS)
            return None
        return Answer(answer.status, answer.headers.get("Location", ""), body)

    def close(self) -> None:
        self._connection.close()


def _until_answered(caller: Caller, path: str, form: dict[str, str]) -> Answer:
    """Post it again and again: what nobody answered may have been done or not."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if answer := caller.ask("POST", path, form):
            return answer
    return Answer(0, "", "nobody answers")


def confirm_path(mail: Received) -> str:
    """The path of the link in a mail that asks to confirm; "" in others."""
    found = _CONFIRM.search(_part(mail.message, "plain"))
    return urlsplit(found[0]).path if found else ""
