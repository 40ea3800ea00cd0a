"""Bringing a database to the schema this version works with, without losing a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.schema import CreateIndex, CreateTable

from desra_studio.errors import SchemaError
from desra_studio.storage.backups import BEFORE, back_up
from desra_studio.storage.base import Base
from desra_studio.storage.collation import compare_by_bytes
from desra_studio.storage.database import Database, Session
from desra_studio.storage.engines import make_engine
from desra_studio.storage.queue_entries import refresh_all

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


def list_known_revisions() -> set[str]:
    """Return all revisions this version knows."""
    scripts = ScriptDirectory.from_config(make_config())
    return {script.revision for script in scripts.walk_revisions()}


def get_revision(database: Database) -> str | None:
    """Return the revision a database is at; None where it has none."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def ensure_schema(database: Database) -> None:
    """Create the schema in an empty database; accept the right one; refuse any other.

    Raises:
        SchemaError: older, newer, or not a database of this program; with what mends it.
    """
    # The tables first: another process may make them, and the revision, between the two looks.
    tables = _list_tables(database)
    revision, head = get_revision(database), get_head()
    if revision == head:
        return
    if revision is None and not tables:
        upgrade_database(database)
        return
    raise SchemaError(_describe_mismatch(revision, head))


def create_schema(database: Database, revision: str) -> None:
    """Create the schema of a revision in an empty database."""
    with _migrating(database) as connection:
        command.upgrade(make_config(connection), revision)


def upgrade_database(database: Database) -> Path | None:
    """Migrate to the newest schema and return the backup that was made first, if any.

    All of it is one transaction: whatever fails or ends the process, the database is as it was.

    Raises:
        SchemaError: unknown or newer schema, or a migration that failed.
    """
    tables = _list_tables(database)
    revision, head = get_revision(database), get_head()
    if revision == head:
        return None
    known = list_known_revisions()
    if (revision is None and tables) or (revision and revision not in known):
        raise SchemaError(_describe_mismatch(revision, head))
    backup = back_up(database, BEFORE) if revision else None
    database.close()
    try:
        with _migrating(database) as connection:
            command.upgrade(make_config(connection), "head")
            compare_by_bytes(connection)
            with Session(connection) as session:
                refresh_all(session)
                session.flush()
            _refuse_broken_references(connection)
    except Exception as error:
        raise SchemaError(
            f"The migration from {revision or 'nothing'} to {head} failed: {error}. "
            "The database is as it was" + (f"; a copy is at {backup}." if backup else ".")
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


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """Yield a connection in a transaction that is kept at the end, or not at all.

    SQLite is migrated without `foreign_keys`, since rebuilding a parent table would delete its
    children.
    """
    engine = make_engine(database.engine.url).execution_options(writing=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _ignore_references)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _ignore_references(connection: DBAPIConnection, _record: object) -> None:
    connection.cursor().execute("PRAGMA foreign_keys = OFF")


def _refuse_broken_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise SchemaError(f"{len(broken)} rows refer to rows that do not exist")


def _list_tables(database: Database) -> list[str]:
    with database.connect() as connection:
        return inspect(connection).get_table_names()


def _describe_mismatch(revision: str | None, head: str) -> str:
    if revision in list_known_revisions():
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
