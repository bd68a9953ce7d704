"""Everything that the databases hold, as anybody would see it who got hold of them."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Engine, MetaData, select

from signing.core.db import db
from signing.core.vault import vault

Rows = list[dict[str, Any]]


def dump(app: Flask) -> dict[str, Rows]:
    """Each table of database and key store with all its rows; times and bytes as they lie there."""
    with app.app_context():
        tables = {f"keystore.{name}": rows for name, rows in _dump(vault.store.engine).items()}
        return tables | _dump(db.engine)


def _dump(engine: Engine) -> dict[str, Rows]:
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(select(table)).mappings()), key=repr
            )
            for table in found.sorted_tables
        }
