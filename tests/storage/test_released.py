"""Databases as released versions made them: each is refused, upgraded, and keeps what it holds."""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from desra_studio.errors import SchemaError
from desra_studio.services.review.masks import count_progress
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.studio import open_studio
from desra_studio.storage.database import Database
from desra_studio.storage.migrate import (
    check_schema,
    ensure_schema,
    get_head,
    get_revision,
    make_config,
    upgrade_database,
)
from tests.factories.studio import make_settings

RELEASED = Path(__file__).parent / "released"
FILES = {path.name.partition(".")[0]: path for path in sorted(RELEASED.iterdir())}
SCHEMAS = sorted(
    script.revision for script in ScriptDirectory.from_config(make_config()).walk_revisions()
)
OLD = [schema for schema in FILES if schema != get_head()]

DERIVED = {"alembic_version", "queue_entry"}
"""Tables that an upgrade makes anew."""
MEASURED = {("review_state", "disagreement"), ("detection", "uncertainty")}
"""Columns that an upgrade measures anew, in masks and maps that the files are kept without."""


def write_copy(schema, path):
    content = FILES[schema].read_bytes()
    path.write_bytes(gzip.decompress(content) if FILES[schema].suffix == ".gz" else content)


@pytest.fixture
def path(request, tmp_path):
    """A released file where its user has it."""
    copy = tmp_path / "studio.sqlite"
    write_copy(request.param, copy)
    return copy


each_file = pytest.mark.parametrize("path", list(FILES), indirect=True)
each_old_file = pytest.mark.parametrize("path", OLD, indirect=True)


def ask(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def list_tables(path):
    return [name for (name,) in ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]


def quote(names):
    return ", ".join(f'"{name}"' for name in names)


def read_rows(path, columns=None):
    """Count the rows of every table, each with its columns: those given, or all."""
    if columns is None:
        columns = {
            table: [row[1] for row in ask(path, f'PRAGMA table_info("{table}")')]
            for table in list_tables(path)
        }
    kept = {
        table: [name for name in names if (table, name) not in MEASURED]
        for table, names in columns.items()
        if table not in DERIVED
    }
    return columns, {
        table: Counter(ask(path, f"SELECT {quote(names)} FROM {quote([table])}"))
        for table, names in kept.items()
    }


def read_schema(path):
    """What a database is made of: columns in order, constraints in any, whatever the quotes.

    Alembic rebuilds a table with its constraints in another order each time.
    """
    rows = ask(path, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
    described = []
    for kind, name, table, sql in rows:
        text = " ".join((sql or "").replace('"', "").split()).removesuffix(")").strip()
        columns, *constraints = re.split(r",? CONSTRAINT ", text)
        described.append((kind, name, table, columns, sorted(constraints)))
    return described


def dump(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def list_backups(path):
    return list(path.parent.glob(f"{path.name}.before-*"))


def upgrade_here(path, run):
    """Upgrade as users do, and return what the command says."""
    status, out, error = run("db", "upgrade", "--data-dir", path.parent)
    assert status == 0, error
    return out


@pytest.fixture(scope="module")
def upgraded_folders():
    """Folders whose file was upgraded, by its schema: once for all tests of it."""
    return {}


@pytest.fixture
def upgrade(upgraded_folders, tmp_path_factory, run):
    """A function that upgrades a released file, and returns what the command says."""

    def bring(path):
        ((schema,),) = ask(path, "SELECT version_num FROM alembic_version")
        if schema not in upgraded_folders:
            folder = tmp_path_factory.mktemp(f"upgraded-{schema}")
            write_copy(schema, folder / path.name)
            upgraded_folders[schema] = folder, upgrade_here(folder / path.name, run)
        folder, said = upgraded_folders[schema]
        shutil.copytree(folder, path.parent, dirs_exist_ok=True)
        return said.replace(str(folder), str(path.parent))

    return bring


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_migration_has_its_file(schema):
    assert schema in FILES, (
        f"There is no database of schema {schema}. Make it with this version: PYTHONPATH=. "
        f"python tests/storage/make_released.py {schema} tests/storage/released/{schema}.sqlite.gz"
    )


@pytest.mark.parametrize("schema", list(FILES))
def test_every_file_has_its_migration_and_a_row_in_every_table(schema, tmp_path):
    assert schema in SCHEMAS, f"{FILES[schema].name} is of a schema that no migration makes."
    assert len(list(RELEASED.glob(f"{schema}.*"))) == 1, "one file of a schema is enough"
    path = tmp_path / "studio.sqlite"
    write_copy(schema, path)
    assert ask(path, "SELECT version_num FROM alembic_version") == [(schema,)]
    for table in list_tables(path):
        assert ask(path, f'SELECT 1 FROM "{table}" LIMIT 1'), f"{table} is empty"


@each_old_file
def test_an_old_file_is_refused_with_the_command_that_mends_it(path):
    (schema,) = ask(path, "SELECT version_num FROM alembic_version")[0]
    before = dump(path)
    with pytest.raises(SchemaError, match=rf"at schema {schema}.*Run: desra-studio db upgrade$"):
        open_studio(make_settings(path.parent))
    assert dump(path) == before
    assert list_backups(path) == []


@each_file
def test_an_upgraded_file_is_as_a_new_one(path, upgrade, tmp_path):
    upgrade(path)
    database, fresh = Database(path), Database(tmp_path / "fresh" / "studio.sqlite")
    ensure_schema(fresh)
    assert get_revision(database) == get_head()
    assert check_schema(database) == []
    database.close()
    fresh.close()
    assert read_schema(path) == read_schema(fresh.sqlite_path)
    assert ask(path, "PRAGMA foreign_key_check") == []
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


@each_file
def test_every_row_is_kept(path, upgrade):
    columns, before = read_rows(path)
    upgrade(path)
    assert read_rows(path, columns)[1] == before


@each_file
def test_the_queue_has_every_image_in_its_state(path, upgrade):
    reviewed = (
        "FROM image JOIN dataset ON dataset.id = image.dataset_id "
        "LEFT JOIN review_state ON review_state.image_id = image.id "
        "AND review_state.model_id = dataset.gan_model_id "
        "LEFT JOIN mask_revision ON mask_revision.id = review_state.current_revision_id "
        "LEFT JOIN region ON region.revision_id = mask_revision.id "
        "WHERE dataset.gan_model_id IS NOT NULL ORDER BY image.name, region.kind"
    )
    facts = "image.name, coalesce(state, 'unreviewed'), mask_revision.author"
    if "region" in list_tables(path):
        facts += ", region.kind, region.severity"
    else:
        reviewed = re.sub(r"LEFT JOIN region ON .* (?=WHERE)|, region.kind", "", reviewed)
    found = ask(path, f"SELECT {facts} {reviewed}")
    upgrade(path)
    studio = open_studio(make_settings(path.parent))
    ((dataset_id,),) = ask(path, "SELECT id FROM dataset WHERE gan_model_id IS NOT NULL")
    page = read_page(studio, make_filter(dataset_id))
    progress = count_progress(studio, dataset_id)
    studio.database.close()
    listed = [(item.name, item.state, item.annotator) for item in page.items]
    assert listed == list(dict.fromkeys(row[:3] for row in found))
    assert progress["images"] == page.total == len(listed)
    for item in page.items:
        labels = [row[3:] for row in found if row[0] == item.name and any(row[3:])]
        assert item.kinds == [kind for kind, _ in labels if kind]
        assert item.severity == max((one for _, one in labels if one is not None), default=None)


@each_old_file
def test_a_backup_is_kept_beside_it(path, upgrade):
    before = dump(path)
    said = upgrade(path)
    (backup,) = list_backups(path)
    assert str(backup) in said
    assert dump(backup) == before


@each_old_file
def test_upgrading_twice_is_upgrading_once(path, upgrade, run):
    upgrade(path)
    once, backups = dump(path), list_backups(path)
    assert "Backup" not in upgrade_here(path, run)
    assert dump(path) == once
    assert list_backups(path) == backups


@contextmanager
def noted_at_every_statement(path):
    """Yield what a process that is killed there would leave: files, each state of them once."""
    states = []

    def note(*_):
        files = {
            file.name: file.read_bytes()
            for file in path.parent.glob(f"{path.name}*")
            if file == path or file.name.endswith("-wal")
        }
        if files not in states[-1:]:
            states.append(files)

    event.listen(Engine, "before_cursor_execute", note)
    yield states
    event.remove(Engine, "before_cursor_execute", note)


@each_old_file
def test_an_upgrade_that_is_killed_anywhere_has_not_begun_or_is_done(path, run, tmp_path):
    columns, kept = read_rows(path)
    before = dump(path)
    with noted_at_every_statement(path) as states:
        upgrade_here(path, run)
    entries = ask(path, "SELECT count(*) FROM queue_entry")
    seen = set()
    for number, files in enumerate(states):
        left = tmp_path / str(number) / path.name
        left.parent.mkdir()
        for name, content in files.items():
            left.with_name(name).write_bytes(content)
        seen.add(dump(left) == before)
        assert read_rows(left, columns)[1] == kept
        if dump(left) != before:
            assert ask(left, "SELECT version_num FROM alembic_version") == [(get_head(),)]
            assert ask(left, "SELECT count(*) FROM queue_entry") == entries
        upgrade_here(left, run)
        assert read_schema(left) == read_schema(path)
        assert read_rows(left) == read_rows(path), "it goes on where it was ended"
    assert seen == {True, False}


@pytest.mark.parametrize("path", [get_head()], indirect=True)
def test_the_newest_file_opens_as_it_is(path):
    columns, before = read_rows(path)
    studio = open_studio(make_settings(path.parent))
    assert upgrade_database(studio.database) is None
    studio.database.close()
    assert read_rows(path, columns)[1] == before
    assert list_backups(path) == []


def test_the_tool_that_makes_them_runs_with_this_version(tmp_path):
    made, root = tmp_path / "made.sqlite", RELEASED.parent.parent.parent
    command = [sys.executable, str(RELEASED.with_name("make_released.py")), get_head(), str(made)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    subprocess.run(command, cwd=root, env=environment, check=True)
    released = tmp_path / "released.sqlite"
    write_copy(get_head(), released)
    assert read_schema(made) == read_schema(released)
