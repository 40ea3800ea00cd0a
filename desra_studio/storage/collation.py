"""How PostgreSQL compares texts: by their bytes, as SQLite does, and not by a language."""

from itertools import groupby

from sqlalchemy import Connection, text

from desra_studio.storage.base import Base

_OTHERWISE = text(
    "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text') "
    "AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)


def compare_by_bytes(connection: Connection) -> None:
    """Let all columns of texts be compared by bytes, whatever the language of the database.

    Names would else come in another order than on SQLite, and in another than Python has them in.
    """
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = [row for row in connection.execute(_OTHERWISE) if row[0] in Base.metadata.tables]
    for table, rows in groupby(columns, key=lambda row: row[0]):
        changes = ", ".join(
            f"ALTER COLUMN {quote(column)} TYPE {f'VARCHAR({length})' if length else 'TEXT'} "
            'COLLATE "C"'
            for _, column, length in rows
        )
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {changes}")
