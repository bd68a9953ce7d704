"""The demo: everything on one machine, in one go, nothing leaves it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from signing import ROOT, create_app
from signing.cli import keys, serve
from signing.cli.app import OPERATOR
from signing.cli.demo_signers import SIGNERS
from signing.core import clock, locales, migrating
from signing.core.db import let_go, transaction
from signing.core.settings import Settings, read_settings
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.counts import queries as counts
from signing.letters import actions as letter_actions
from signing.letters import folder_reader, queries, wordings
from signing.letters.actions import ImportRules
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import outbox
from signing.mail.sink import Sink
from signing.signatures import actions
from signing.signatures import queries as signatures
from signing.signatures.address import normalised
from signing.signatures.declaration import Declaration
from signing.signatures.models import Show
from signing.signatures.person import Person
from signing.staff_accounts import invitations
from signing.staff_accounts import queries as members
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.models import State as MemberState
from signing.staff_accounts.roles import Held, Role
from signing.web.addresses import reserved_slugs

LETTERS = ROOT / "demo" / "letters"
KEYS_FILE = "keys.env"
HOST = "localhost"  # browsers keep no passkey for an IP address
OWNER = "owner@example.org"
STOP_SECONDS = 10


@click.command()
@click.option("--port", default=8000, show_default=True)
def demo(port: int) -> None:
    """Try it out: SQLite, demo letters, web server, worker and a mail server that keeps all mail.

    Example: signing demo --port 8080
    """
    serve.check_port("127.0.0.1", port)
    data = Path(os.environ.get("SIGNING_DATA_DIR", "data")).absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        # Not beside the data: what is kept there must hold no address that can be read.
        outbox = Path(stack.enter_context(TemporaryDirectory(prefix="signing-outbox-")))
        sink = Sink(outbox)
        sink.start()
        stack.callback(sink.stop)
        environment = _environment(data, port, sink.port, outbox)
        _prepare(read_settings(environment))
        processes: list[subprocess.Popen[bytes]] = []
        stack.callback(_stop, processes)
        commands = (["serve", "--port", str(port)], ["worker"])
        processes.extend(_start(command, environment) for command in commands)
        click.echo(
            f"\n  Letters:  http://{HOST}:{port}/\n  Mails:    http://{HOST}:{port}/outbox\n"
            f"  Staff:    http://{HOST}:{port}/staff (the invitation of {OWNER} is in the mails)\n"
        )
        click.echo("Ctrl-C stops everything.")
        _wait()


def _environment(data: Path, port: int, smtp_port: int, outbox: Path) -> dict[str, str]:
    """The settings of the demo; keys are made once and kept beside the database."""
    return (
        {name: value for name, value in os.environ.items() if not name.startswith("SIGNING_")}
        | _kept_keys(data / KEYS_FILE)
        | {
            "SIGNING_DATA_DIR": str(data),
            "SIGNING_BASE_URL": f"http://{HOST}:{port}",
            "SIGNING_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "SIGNING_MAIL_FROM": "letters@example.org",
            "SIGNING_SITE_NAME": "Open letters",
            "SIGNING_OPERATOR": "Demo of Signing",
            "SIGNING_OPERATOR_ADDRESS": "on this very machine",
            "SIGNING_OPERATOR_CONTACT": "hello@example.org",
            "SIGNING_NAMESERVERS": "off",  # its mails stay here, so that any address will do
            "SIGNING_DEMO_OUTBOX": str(outbox),
        }
    )


def _kept_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in keys.fresh().items())
    return dict(line.split("=", 1) for line in path.read_text().split())


def _prepare(settings: Settings) -> None:
    """Databases at their newest version, the demo letters with some signatures under them."""
    migrating.upgrade(settings)
    with (app := create_app(settings)).app_context():
        vault.make_keys()
        for path in sorted(LETTERS.iterdir()):
            read = folder_reader.read(path, known_locales=set(locales.languages()))
            letter = queries.find_by_slug(path.name)
            rules = ImportRules(
                slug=path.name,
                reserved=reserved_slugs(app),
                has_signatures=letter is not None and signatures.has_confirmed(letter.id),
                names_until=(clock.now() + timedelta(days=settings.names_days)).date(),
                correction="The demo's own text was updated.",
            )
            with transaction():
                letter = letter_actions.import_folder(read, rules, by=OPERATOR).letter
            if not counts.total(letter.id).n:
                _let_them_sign(letter)
        _invite_the_owner()


def _invite_the_owner() -> None:
    """At each start until it is accepted, for the mails of the last time are gone."""
    known = members.find_by_address(OWNER)
    if known is None or known.state == MemberState.INVITED:
        with transaction():
            invitations.invite(OWNER, Held(Role.OWNER), locales.SOURCE, by=Doer.operator())


def _let_them_sign(letter: Letter) -> None:
    """They signed, had their mails and pressed the button: the figures are those of a real one."""
    for number, (locale, name, country, show) in enumerate(SIGNERS):
        address = f"signer-{number}@example.org"
        shown = wordings.list_shown(letter, locale)
        chosen = [ConsentPurpose.SIGN, *([ConsentPurpose.SHOW_NAME] if show != Show.NO else [])]
        declaration = Declaration(
            person=Person(name=name, email=address, show=show),
            country=country,
            locale=locale,
            consents={purpose: shown[purpose].id for purpose in chosen},
        )
        with transaction():
            actions.sign(letter, declaration)
            for mail in outbox.claim(1):
                outbox.settle_sent(mail)
            found = signatures.find_state(letter.id, vault.digest(letter.id, normalised(address)))
            assert found is not None  # noqa: S101  # it was added a line ago
            actions.confirm(SignatureRef(letter.id, found.id), revision=1, grace=timedelta())
    let_go()


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process in a group of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(  # noqa: S603  # our own program, with arguments of our own
        [sys.executable, "-m", "signing", *command], env=dict(environment), start_new_session=True
    )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End them and all their children, politely first; a second Ctrl-C does not hurry it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("\nStopping.")
