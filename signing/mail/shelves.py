"""Where sealed recipients of mails lie, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.mail import outbox
from signing.mail.models import OutgoingMail

_mails = cast(Table, OutgoingMail.__table__)
SHELVES = (Shelf(_mails, _mails.c.sealed_to, lambda row: outbox.place(row.letter_id, row.id)),)
