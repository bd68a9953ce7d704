"""Running the migrations of both databases. The migrations themselves import nothing of this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from signing.core.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
STORES = {"database": "versions", "keystore": "keystore"}


def config(store: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration for the `database` or the `keystore`."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("version_locations", str(MIGRATIONS / STORES[store]))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def urls(settings: Settings) -> dict[str, str]:
    return {"database": settings.database_url, "keystore": settings.keystore_url}


def upgrade(settings: Settings) -> None:
    """Both stores are at their newest version afterwards."""
    for store, url in urls(settings).items():
        _make_file(url)
        with _connected(url) as connection:
            command.upgrade(config(store, connection), "head")
    _let_readers_and_writers_meet(settings.database_url)


def downgrade(settings: Settings, revision: str) -> None:
    """The database (not the key store) is at `revision` afterwards."""
    with _connected(settings.database_url) as connection:
        command.downgrade(config("database", connection), revision)


def list_behind(settings: Settings) -> list[str]:
    """Which of the stores lack a migration."""
    behind = []
    for store, url in urls(settings).items():
        newest = ScriptDirectory.from_config(config(store)).get_current_head()
        with _connected(url) as connection:
            if MigrationContext.configure(connection).get_current_revision() != newest:
                behind.append(store)
    return behind


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A connection that leaves nothing open behind it."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection


def _make_file(url: str) -> None:
    """An SQLite file that its owner alone can read, in a folder of the same kind."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(parsed.database).touch(mode=0o600)


def _let_readers_and_writers_meet(url: str) -> None:
    """Write-ahead logging, which SQLite remembers in the file.

    Not for the key store: what is destroyed there must not live on in a log.
    """
    if make_url(url).get_backend_name() == "sqlite":
        with _connected(url) as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("PRAGMA journal_mode = WAL")
