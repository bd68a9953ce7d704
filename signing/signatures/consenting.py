"""The rows of consents: what a declaration gives, what is given later, what is dropped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from signing.core import clock
from signing.core.db import PLAIN, db, dialect, insert
from signing.core.tokens import SignatureRef
from signing.letters.models import ConsentPurpose
from signing.signatures import statements
from signing.signatures.declaration import Declaration
from signing.signatures.models import CONTROLLER, Consent


def replace_all(letter_id: UUID, signature_id: UUID, declaration: Declaration) -> None:
    """The pending signature rests on these consents and no others; a confirmed one stays."""
    mine: dict[str, Any] = {"letter": letter_id, "signature": signature_id}
    db.session.execute(statements.DROP_CONSENTS, mine)
    for i, (purpose, wording_id) in enumerate(declaration.consents.items()):
        mine |= {f"purpose_{i}": purpose.value, f"wording_{i}": wording_id}
        mine[f"receiver_{i}"] = declaration.receiver_of(purpose)
    give_all = statements.give_consents(dialect(), len(declaration.consents))
    db.session.execute(give_all, mine | {"at": clock.now()})


def drop(ref: SignatureRef, purposes: Collection[ConsentPurpose]) -> None:
    """There are none of these afterwards, and no trace that there were."""
    if purposes:
        db.session.execute(
            delete(Consent)
            .where(Consent.letter_id == ref.letter_id, Consent.signature_id == ref.signature_id)
            .where(Consent.purpose.in_([purpose.value for purpose in purposes])),
            execution_options=PLAIN,
        )


def give(ref: SignatureRef, purpose: ConsentPurpose, wording_id: UUID) -> None:
    """Given to the controller now, also where it was taken back before."""
    row = insert(Consent).values(
        letter_id=ref.letter_id,
        signature_id=ref.signature_id,
        purpose=purpose,
        receiver_id=CONTROLLER,
        wording_id=wording_id,
        given_at=clock.now(),
    )
    again = {"wording_id": row.excluded.wording_id, "given_at": row.excluded.given_at}
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[
                Consent.letter_id,
                Consent.signature_id,
                Consent.purpose,
                Consent.receiver_id,
            ],
            set_=again | {"withdrawn_at": None},
        )
    )
