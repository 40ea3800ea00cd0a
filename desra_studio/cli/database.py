"""The commands that look after the database."""

from pathlib import Path
from typing import Annotated

import typer

from desra_studio.cli.console import DatabaseUrl, DataDir, make_settings
from desra_studio.errors import SchemaError
from desra_studio.progress import show_progress
from desra_studio.services.studio import connect_studio, open_studio

db_app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@db_app.command(name="upgrade")
def upgrade_db(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Bring the database to the schema of this version; SQLite is backed up first."""
    from desra_studio.services.maintenance import upgrade_studio

    studio = connect_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("upgrade") as report:
        schema, backup = upgrade_studio(studio, report)
    typer.echo(f"The database is at schema {schema}." + (f" Backup: {backup}" if backup else ""))


@db_app.command(name="restore", epilog="Example: desra-studio db restore")
def restore_db(
    backup: Annotated[
        Path | None,
        typer.Argument(help="File of the backup; without it the newest that an upgrade made."),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Put a backup in the place of the database, which is kept beside it.

    Stop the server and its jobs first.
    """
    from desra_studio.services.maintenance import restore_studio

    studio = connect_studio(make_settings(data_dir=data_dir, database_url=database_url))
    backup, schema, replaced = restore_studio(studio, backup)
    kept = f" The one that was there is {replaced}." if replaced else ""
    typer.echo(f"The database is that of {backup}, at schema {schema}.{kept}")


@db_app.command(name="check")
def check_db(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Check schema, references and every stored file; exit status 2 if anything is wrong."""
    from desra_studio.services.maintenance import check_studio

    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("check") as report:
        checked, problems = check_studio(studio, report)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise SchemaError(f"{len(problems)} problems found.")
    typer.echo(f"Schema and references are right, {checked} stored files are there and undamaged.")
