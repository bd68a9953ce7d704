"""A second look at mail domains, with more patience than a visitor has: no mail goes nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from flask import current_app

from signing.mail.domains import Domains, Rule, Verdict
from signing.signatures.address import domain_of
from signing.worker.composing import Broken, Mail

LOOK_UP_SECONDS = 3.0


def list_asked(mails: Mapping[UUID, Mail | Broken | None]) -> dict[UUID, str]:
    """By mail id the domain to be looked up: all but those that staff decided to trust."""
    found = {id_: _domain(mail.to) for id_, mail in mails.items() if isinstance(mail, Mail)}
    return {id_: one for id_, one in found.items() if _domains().rule(one) is not Rule.ALLOW}


def list_unreachable(asked: Mapping[UUID, str]) -> dict[UUID, Mail | Broken | None]:
    """Those of the mails whose domain takes none; no answer in time is no reason against any."""
    nowhere = set(_without_mail(set(asked.values())))
    gone = Broken("its domain takes no mail", permanent=True)
    return {id_: gone for id_, domain in asked.items() if domain in nowhere}


def _without_mail(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if _domains().look_up(name, seconds=LOOK_UP_SECONDS) is Verdict.TAKES_NONE:
            yield name


def _domain(address: str) -> str:
    return domain_of(address)


def _domains() -> Domains:
    return cast(Domains, current_app.extensions["signing.domains"])
