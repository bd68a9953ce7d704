"""A partner with a newsletter of its own, and people who agreed to it, by the real verbs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from signing.core.db import transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose, Letter
from signing.partners import feed
from signing.partners.models import Partner
from signing.programs import consenting, newsletters
from signing.programs.consenting import Line
from signing.signatures import actions
from signing.signatures import queries as signatures
from signing.signatures.address import normalised
from tests import make

TEXT = "Green Web may mail me its newsletter."


def asking(letter: Letter, code: str = "green-web") -> Partner:
    """A partner whose newsletter people are asked about, in English."""
    partner = make.partner(letter, code)
    with transaction():
        held = letters.get_to_change(letter.id)
        newsletters.limit(held, held.most_receivers + 1, by=make.OPERATOR)
        newsletters.set_texts(held, partner, {"en": TEXT}, by=make.OPERATOR)
    return partner


def agreeing(letter: Letter, partner: Partner, **values: Any) -> SignatureRef:
    """Somebody who came by the partner, agreed to its newsletter, and confirmed."""
    shown = newsletters.find_shown(letters.get(letter.id), partner.code, "en")
    assert shown is not None
    declared = make.declaration(letter, partner_id=partner.id, **values)
    declared = replace(declared, consents={**declared.consents, ConsentPurpose.PARTNER: shown.id})
    with transaction():
        actions.sign(letter, declared)
    digest = vault.digest(letter.id, normalised(declared.person.email))
    found = signatures.find_ref(letter.id, digest)
    assert found is not None
    make.confirm(found)
    return found


def lines(partner: Partner) -> list[Line]:
    """The partner's feed as the worker has numbered it by now."""
    while True:
        with transaction():
            if not feed.number():
                break
    return consenting.read(partner.letter_id, partner.id, after=0, limit=100)
