"""Where sealed members lie, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.staff_accounts import profile
from signing.staff_accounts.models import Member

_members = cast(Table, Member.__table__)
SHELVES = (Shelf(_members, _members.c.sealed, lambda row: profile.place(row.id)),)
