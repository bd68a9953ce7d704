"""Ids and days out of an address or a form; None for what is none, so that it filters nothing."""

from __future__ import annotations

from datetime import date
from uuid import UUID


def uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
