"""Where sealed contacts of partners and secrets of webhooks lie, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.partners import contact, hooks
from signing.partners.models import Agreement, Partner, Webhook

_partners = cast(Table, Partner.__table__)
_agreements = cast(Table, Agreement.__table__)
_webhooks = cast(Table, Webhook.__table__)
SHELVES = (
    Shelf(_partners, _partners.c.sealed, lambda row: contact.place(row.letter_id, row.id)),
    Shelf(
        _agreements,
        _agreements.c.sealed,
        lambda row: contact.place_of_agreement(row.letter_id, row.id),
    ),
    Shelf(_webhooks, _webhooks.c.sealed, lambda row: hooks.place(row.id), is_house=True),
)
