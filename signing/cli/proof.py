"""The evidence of one person's consent, for whoever asks to see it (GDPR art. 7(1))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click
from email_validator import EmailNotValidError
from flask import current_app

from signing.audit import Verb, log
from signing.cli.app import OPERATOR, with_app
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.mail import message
from signing.signatures import access
from signing.signatures.access import Held
from signing.signatures.queries import Given


@click.command()
@click.argument("slug")
@with_app
def proof(slug: str) -> None:
    """Print what shows that an address agreed, and to what; asks for the address.

    It is read from the terminal or from standard input: what stands in a command, others on the
    machine can see. That somebody asked is written to the audit log, without the address.

    Example: signing signatures proof leavex
    """
    letter = letters.find_by_slug(slug)
    if letter is None:
        raise letters.NoSuchLetter
    address = click.prompt("E-mail address", err=True).strip()
    try:
        held = access.find_held(letter, address)
    except EmailNotValidError:
        raise click.ClickException("This is not an e-mail address.") from None
    except Unreadable:
        _record(letter, "erased")
        raise click.ClickException(
            "The personal data of this letter was erased: nobody can tell who signed."
        ) from None
    _record(letter, held.signature.state if held else "none")
    if held is None:
        raise click.ClickException(
            "No signature of this address is stored: it was never made, withdrawn, or deleted "
            "when its time was over."
        )
    for line in _lines(held):
        click.echo(line)


def _record(letter: Letter, found: str) -> None:
    with transaction():
        log.record(
            Verb.SIGNATURE_PROVED,
            by=OPERATOR,
            subject=letter.slug,
            letter_id=letter.id,
            details={"found": found},
        )


def _lines(held: Held) -> Iterator[str]:
    signature = held.signature
    yield f"Letter: {held.letter.slug}"
    yield f"Responsible: {held.letter.controller}"
    yield f"State: {signature.state}"
    yield f"Form: {signature.entry}, in {signature.locale}, sent {_time(signature.created_at)}"
    yield from _confirmation(held)
    for given in held.consents:
        yield from _consent(given)
    yield ""
    yield "IP addresses of visitors are not stored, so none stands here."


def _confirmation(held: Held) -> Iterator[str]:
    signature = held.signature
    if signature.confirmed_at is None:
        yield "Button: not pressed; this signature does not count, and nothing rests on it."
        return
    settings: Settings = current_app.extensions["signing.settings"]
    if signature.confirmed_by_mail_id is None:
        yield "Mail: not noted"
    else:
        id_ = signature.confirmed_by_mail_id
        sent = next((one.sent_at for one in held.mails if one.id == id_), None)
        when = f", sent {_time(sent)}" if sent else ""
        yield f"Mail: {message.message_id(id_, settings.mail_domain)}{when}"
    yield f"Button: pressed {_time(signature.confirmed_at)}"
    if held.text is not None:
        yield f"Text: {held.text.title} ({held.text.locale}, from {_time(held.text.at)})"
        yield f"  SHA-256 {held.text.body_digest.hex()}"


def _consent(given: Given) -> Iterator[str]:
    withdrawn = f", taken back {_time(given.withdrawn_at)}" if given.withdrawn_at else ""
    yield ""
    yield f"Consent: {given.purpose}, given {_time(given.given_at)}{withdrawn}"
    yield f"  Wording: {given.locale}, version {given.version}, SHA-256 {given.digest.hex()}"
    yield f"  {given.text}"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
