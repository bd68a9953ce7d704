"""Where sealed words about signatures lie, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.moderation import bulk, objections, reports
from signing.moderation.models import BulkDeed, Decision, Report

_decisions = cast(Table, Decision.__table__)
_reports = cast(Table, Report.__table__)
_deeds = cast(Table, BulkDeed.__table__)
SHELVES = (
    Shelf(_decisions, _decisions.c.sealed, lambda row: objections.place(row.letter_id, row.id)),
    Shelf(_reports, _reports.c.sealed, lambda row: reports.place(row.letter_id, row.id)),
    Shelf(_deeds, _deeds.c.sealed, lambda row: bulk.place(row.letter_id, row.id)),
)
