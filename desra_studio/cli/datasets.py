"""The commands for datasets: what there is, other names, and the bin."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from desra_studio.cli.console import DatabaseUrl, DataDir, Json, make_settings, print_result
from desra_studio.references import MSE_SR
from desra_studio.services.datasets.bin import (
    DeletedDataset,
    delete_dataset,
    describe_deletion,
    find_deleted,
    list_deleted,
    restore_dataset,
)
from desra_studio.services.datasets.importing import rename_dataset
from desra_studio.services.datasets.listing import (
    DatasetView,
    find_dataset_by_name,
    list_dataset_views,
)
from desra_studio.services.studio import open_studio

datasets_app = typer.Typer(help="List, rename, delete and restore datasets.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(help="Name of the dataset.")]


@datasets_app.command(name="list", epilog="Example: desra-studio datasets list --bin")
def list_all(
    deleted: Annotated[bool, typer.Option("--bin", help="List those in the bin instead.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List all datasets, the newest first, or what is in the bin."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    if deleted:
        found = list_deleted(studio)
        lines = [_describe_deleted(dataset) for dataset in found]
        values = [_as_dict(dataset) for dataset in found]
        print_result({"bin": values}, "\n".join(lines) or "Nothing is in the bin.", as_json)
        return
    views = list_dataset_views(studio)
    lines = [_describe(view) for view in views]
    print_result(
        {"datasets": [asdict(view) for view in views]},
        "\n".join(lines) or "There is no dataset yet.",
        as_json,
    )


@datasets_app.command(epilog="Example: desra-studio datasets rename street 'night street'")
def rename(
    dataset: Named,
    name: Annotated[str, typer.Argument(help="The new name.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Give a dataset another name."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    dataset_id = find_dataset_by_name(studio, dataset).id
    kept = rename_dataset(studio, dataset_id, name)
    print_result({"id": dataset_id, "name": kept}, f"{dataset} is named {kept} now.", as_json)


@datasets_app.command(epilog="Example: desra-studio datasets delete 'night street' --yes")
def delete(
    dataset: Named,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without a question.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Put a dataset into the bin, after a question that names what would go."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    dataset_id = find_dataset_by_name(studio, dataset).id
    deletion = describe_deletion(studio, dataset_id)
    if not yes:
        for line in deletion.describe():
            typer.echo(f"  {line}", err=True)
        typer.confirm(f"Put {dataset} into the bin?", abort=True, err=True)
    delete_dataset(studio, dataset_id)
    print_result(
        asdict(deletion),
        f"{dataset} is in the bin. To restore it: desra-studio datasets restore {dataset_id}",
        as_json,
    )


@datasets_app.command(epilog="Example: desra-studio datasets restore 'night street'")
def restore(
    dataset: Annotated[str, typer.Argument(help="Name, or number, of a dataset in the bin.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Take a dataset out of the bin; it gets a number where its name was taken meanwhile."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    deleted = find_deleted(studio, dataset)
    name = restore_dataset(studio, deleted.id)
    renamed = f" as {name}: another dataset is named so by now" if name != deleted.name else ""
    print_result({"id": deleted.id, "name": name}, f"{deleted.name} is restored{renamed}.", as_json)


def _describe(view: DatasetView) -> str:
    waiting = f", {view.waiting} not upscaled" if view.waiting else ""
    is_usual = view.reference == MSE_SR.title
    compared = "" if is_usual else f", compared with {view.reference}"
    return (
        f"{view.id:>4}  {view.images:>6} images, {view.reviewed} reviewed, {view.accepted} "
        f"accepted{waiting}  {view.name}{compared}"
    )


def _describe_deleted(dataset: DeletedDataset) -> str:
    return (
        f"{dataset.id:>4}  {dataset.images:>6} images, deleted "
        f"{dataset.deleted_at:%Y-%m-%d %H:%M} UTC by {dataset.deleted_by}  {dataset.name}"
    )


def _as_dict(dataset: DeletedDataset) -> dict[str, Any]:
    return asdict(dataset) | {"deleted_at": dataset.deleted_at.isoformat()}
