"""The commands that look after the database."""

from pathlib import Path
from typing import Annotated

import typer

from desra_studio.cli.console import (
    DatabaseUrl,
    DataDir,
    Json,
    make_settings,
    print_result,
    tell_notes,
)
from desra_studio.errors import InputError, SchemaError
from desra_studio.progress import show_progress
from desra_studio.services.studio import Studio, connect_studio, open_studio
from desra_studio.wording import count_noun

db_app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@db_app.command(name="upgrade")
def upgrade_db(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Bring the database to the schema of this version; SQLite is backed up first."""
    from desra_studio.services.maintenance import upgrade_studio

    studio = connect_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("upgrade") as report:
        schema, backup = upgrade_studio(studio, report)
    typer.echo(f"The database is at schema {schema}." + (f" Backup: {backup}" if backup else ""))


@db_app.command(name="backup", epilog="Example: desra-studio db backup --out backups")
def backup_db(
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of backups; it gets what it does not have yet."),
    ],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Back database, stored files and files of jobs up, while the server goes on."""
    from desra_studio.services.backing_up import back_up_studio
    from desra_studio.services.uploads.space import format_bytes

    studio = connect_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("backup") as report:
        made = back_up_studio(studio, out, report)
    print_result(
        {
            "backup": made.name,
            "folder": str(made.folder),
            "schema": made.schema,
            "blobs": made.blobs,
            "copied": made.copied,
            "copied_bytes": made.copied_bytes,
            "files": made.files,
            "problems": made.problems,
        },
        f"Backup {made.name}: {count_noun(made.blobs, 'stored file')}, of which {made.copied} "
        f"({format_bytes(made.copied_bytes)}) were new, {count_noun(made.files, 'file')} of jobs. "
        f"Restore it by: desra-studio db restore {out}",
        as_json,
    )
    tell_notes(made.problems)
    if made.problems:
        raise InputError(
            f"{len(made.problems)} problem(s), see above. All else is in the backup {made.name}."
        )


@db_app.command(name="restore", epilog="Example: desra-studio db restore")
def restore_db(
    backup: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of db backup, or a copy that an upgrade made; the newest of these if "
            "none."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Name of the backup in the folder; the newest if none.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read the backup through, and change nothing.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Restore the rest, where files of it are damaged.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of what is there, which is kept beside it.

    Stop the server and its jobs first.
    """
    from desra_studio.services.maintenance import restore_studio

    folder = backup if backup and backup.is_dir() else None
    if folder is None and (at or verify or partial):
        raise InputError("--at, --verify and --partial are for a folder of db backup. Name one.")
    if folder and verify:
        _verify(folder, at, as_json)
        return
    studio = connect_studio(make_settings(data_dir=data_dir, database_url=database_url))
    if folder:
        _restore_folder(studio, folder, at, partial, as_json)
        return
    backup, schema, replaced = restore_studio(studio, backup)
    kept = f" The one that was there is {replaced}." if replaced else ""
    print_result(
        {
            "backup": str(backup),
            "schema": schema,
            "replaced": str(replaced) if replaced else None,
        },
        f"The database is that of {backup}, at schema {schema}.{kept}",
        as_json,
    )


@db_app.command(name="check")
def check_db(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Mend what can be mended; stop the server and jobs before."),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Check schema, rows and every stored file; exit status 2 if anything is wrong."""
    from desra_studio.services.maintenance import check_studio
    from desra_studio.services.repairing import Repair, find_orphans, repair_studio

    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    repaired = repair_studio(studio) if repair else Repair(None, [])
    with show_progress("check") as report:
        checked, problems = check_studio(studio, report)
    orphans = [orphan.line for orphan in find_orphans(studio)]
    mended = ""
    if repair:
        copy = f" The database as it was is {repaired.backup}." if repaired.backup else ""
        mended = f" {len(repaired.done)} things were mended or set aside.{copy}"
    result = {
        "checked": checked,
        "problems": problems,
        "orphans": orphans,
        "repaired": repaired.done,
        "backup": str(repaired.backup) if repaired.backup else None,
    }
    if as_json or not problems:
        right = f"Schema and references are right, {checked} stored files are there and undamaged."
        print_result(result, right + mended, as_json)
    tell_notes(repaired.done)
    tell_notes([f"{line} belongs to nothing." for line in orphans])
    tell_notes(problems)
    if orphans:
        typer.echo(
            "desra-studio db check --repair sets aside what belongs to nothing. While an import is "
            "at work, it may only be on its way.",
            err=True,
        )
    if problems:
        hint = (
            "Restore what is missing or damaged from a backup: desra-studio db restore DIR"
            if repair
            else "Mend what can be mended: desra-studio db check --repair"
        )
        raise SchemaError(f"{len(problems)} problems found. {hint}")


def _verify(folder: Path, at: str | None, as_json: bool) -> None:
    from desra_studio.services.restoring import name_broken, verify_backup

    with show_progress("verify") as report:
        moment, broken = verify_backup(folder, at, report)
    files = len(moment.manifest.list_files())
    if broken:
        raise InputError(
            f"{name_broken(folder, broken)}. Remove them, and the next db backup copies them anew."
        )
    print_result(
        {"backup": moment.name, "schema": moment.manifest.database.schema, "files": files},
        f"The backup {moment.name} is whole: its database and {files} files were read.",
        as_json,
    )


def _restore_folder(
    studio: Studio, folder: Path, at: str | None, partial: bool, as_json: bool
) -> None:
    from desra_studio.services.restoring import restore_moment

    with show_progress("restore") as report:
        done = restore_moment(studio, folder, at, partial, report)
    kept = f" The database that was there is {done.replaced}." if done.replaced else ""
    upgrade = " Run: desra-studio db upgrade" if done.is_old else ""
    print_result(
        {
            "backup": done.backup,
            "schema": done.schema,
            "replaced": str(done.replaced) if done.replaced else None,
            "blobs": done.blobs,
            "copied": done.copied,
            "problems": done.problems,
        },
        f"The backup {done.backup} is restored, at schema {done.schema}: {done.blobs} stored "
        f"files, of which {done.copied} were copied.{kept}{upgrade}",
        as_json,
    )
    tell_notes(done.problems)
    if done.problems:
        raise InputError(f"{len(done.problems)} problem(s), see above. The rest is there.")
