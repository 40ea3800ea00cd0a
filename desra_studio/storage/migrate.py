"""Bringing a database to the schema this version works with, without losing a row."""

import sqlite3
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.schema import CreateIndex, CreateTable

from desra_studio.errors import SchemaError
from desra_studio.storage.database import Database
from desra_studio.storage.queue_entries import refresh_all
from desra_studio.storage.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def make_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; it needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def get_head() -> str:
    """Return the newest revision this version knows."""
    head = ScriptDirectory.from_config(make_config()).get_current_head()
    if head is None:
        raise SchemaError(f"No migrations in {MIGRATIONS}. Install desra-studio again.")
    return head


def get_revision(database: Database) -> str | None:
    """Return the revision a database is at; None where it has none."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def ensure_schema(database: Database) -> None:
    """Create the schema in an empty database; accept the right one; refuse any other.

    Raises:
        SchemaError: older, newer, or not a database of this program; with what mends it.
    """
    revision, head = get_revision(database), get_head()
    if revision == head:
        return
    if revision is None and not _list_tables(database):
        upgrade_database(database)
        return
    raise SchemaError(_describe_mismatch(revision, head))


def upgrade_database(database: Database) -> Path | None:
    """Migrate to the newest schema and return the backup that was made first, if any.

    SQLite is migrated without `foreign_keys`, since rebuilding a parent table would delete its
    children, and checked after. If anything fails, the file is put back as it was.

    Raises:
        SchemaError: unknown or newer schema, or a migration that failed.
    """
    revision, head = get_revision(database), get_head()
    if revision == head:
        return None
    known = _list_known_revisions()
    if (revision is None and _list_tables(database)) or (revision and revision not in known):
        raise SchemaError(_describe_mismatch(revision, head))
    backup = _back_up(database) if revision else None
    database.close()
    try:
        _run_migrations(database)
        with database.write() as session:
            refresh_all(session)
    except Exception as error:
        if backup and database.sqlite_path:
            _copy_database(backup, database.sqlite_path)
        raise SchemaError(
            f"The migration from {revision or 'nothing'} to {head} failed: {error}. "
            + (f"The database was put back as it was; a copy is at {backup}." if backup else "")
        ) from error
    return backup


def check_schema(database: Database) -> list[str]:
    """Return what differs between the database and the tables of this version, one line each."""
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def render_schema() -> str:
    """Return the SQL of all tables as SQLite gets them: the content of db/schema.sql."""
    dialect = create_engine("sqlite://").dialect
    parts = []
    for table in Base.metadata.sorted_tables:
        parts.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        parts += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    text = ";\n\n".join(parts).replace("\t", "  ")
    return "\n".join(line.rstrip() for line in text.splitlines()) + ";\n"


def _run_migrations(database: Database) -> None:
    engine = create_engine(database.engine.url)
    try:
        with engine.connect() as connection:
            command.upgrade(make_config(connection), "head")
            connection.commit()
            if engine.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise SchemaError(f"{len(broken)} rows refer to rows that do not exist")
    finally:
        engine.dispose()


def _back_up(database: Database) -> Path | None:
    if database.sqlite_path is None:
        return None
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    backup = database.sqlite_path.with_name(f"{database.sqlite_path.name}.before-{stamp}")
    _copy_database(database.sqlite_path, backup)
    return backup


def _copy_database(origin: Path, destination: Path) -> None:
    """Copy a SQLite database as a transaction: right even while a server has either open."""
    source, target = sqlite3.connect(origin), sqlite3.connect(destination)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _list_known_revisions() -> set[str]:
    scripts = ScriptDirectory.from_config(make_config())
    return {script.revision for script in scripts.walk_revisions()}


def _list_tables(database: Database) -> list[str]:
    with database.connect() as connection:
        return inspect(connection).get_table_names()


def _describe_mismatch(revision: str | None, head: str) -> str:
    if revision in _list_known_revisions():
        return (
            f"The database is at schema {revision}, this version needs {head}. "
            "Run: desra-studio db upgrade"
        )
    if revision is None:
        return (
            "The database has tables but no schema revision: it is not one of DeSRA Studio. "
            "Give another with --data-dir or --database-url."
        )
    return (
        f"The database is at schema {revision}, which this version does not know: a newer one "
        "made it. Run: pip install --upgrade desra-studio"
    )
