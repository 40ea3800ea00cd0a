"""The command line: exit status 0 = done, 2 = bad input, with one line on standard error."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from desra_studio import __version__
from desra_studio.cli_db import db_app
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.console import (
    DEFAULTS,
    AreaThreshold,
    ClassMaps,
    ContrastThreshold,
    DatabaseUrl,
    DataDir,
    Device,
    Json,
    NoSegmentation,
    WindowSize,
    check_segmentation,
    make_settings,
    print_result,
    run_app,
    show_figure,
    tell_weights,
)
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.services.curation import FinetuneConfig
from desra_studio.services.detections import DetectorParams
from desra_studio.services.studio import open_studio

FINETUNE = FinetuneConfig()

app = typer.Typer(
    help="Find, label and delete the artifacts of GAN super-resolution models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
jobs_app = typer.Typer(help="What child processes of the server run.", no_args_is_help=True)
app.add_typer(db_app, name="db")
app.add_typer(jobs_app, name="jobs", hidden=True)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port to listen on.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Start the studio and print its address."""
    settings = make_settings(host=host, port=port, data_dir=data_dir, database_url=database_url)
    if settings.host != LOCAL_HOST:
        raise InputError(
            f"Host {settings.host} is refused: without users and login the studio serves only this "
            f"machine. Use --host {LOCAL_HOST}."
        )
    studio = open_studio(settings)
    # Gradio takes seconds to import, and no other command needs it.
    from desra_studio.ui.server import run_server

    run_server(studio)


@app.command(name="import")
def import_(
    path: Annotated[Path, typer.Argument(help="Folder with GAN-SR, MSE-SR, and LR, GT-Mask.")],
    name: Annotated[str, typer.Option(help="Name of the new dataset.")],
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Import a folder of images as a dataset and detect its artifacts."""
    from desra_studio.services.datasets import import_dataset
    from desra_studio.services.detections import detect_dataset

    params = DetectorParams(contrast_threshold, area_threshold)
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("import") as report:
        imported = import_dataset(studio, path, name, report)
    for line in imported.lines:
        typer.echo(line, err=True)
    with show_progress("detect") as report:
        marked = detect_dataset(studio, imported.dataset_id, params, report)
    print_result(
        imported.as_dict() | {"marked": marked},
        f"{imported.images} images imported as {imported.name!r}, {imported.with_lr} with LR, "
        f"{imported.labels} with a manual mask; artifacts detected in {marked}.",
        as_json,
    )


@app.command()
def detect(
    gan: Annotated[Path, typer.Option(help="Folder of GAN-SR images.")],
    mse: Annotated[Path, typer.Option(help="Folder of MSE-SR images of the same names.")],
    out: Annotated[Path, typer.Option(help="Folder to write mask/ (and map/) into.")],
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    window_size: WindowSize = DEFAULTS.window_size,
    class_maps: ClassMaps = None,
    no_segmentation: NoSegmentation = False,
    save_maps: Annotated[bool, typer.Option(help="Write the artifact maps, too.")] = False,
    as_json: Json = False,
) -> None:
    """Mark the artifacts of GAN-SR images against MSE-SR images."""
    from desra_studio.services.detections import detect_folders

    check_segmentation(class_maps, no_segmentation)
    params = DetectorParams(contrast_threshold, area_threshold, window_size)
    with show_progress("detect") as report:
        result = detect_folders(gan, mse, out, params, class_maps, save_maps, report)
    tell_weights(class_maps)
    images = result["images"]
    components = sum(image["components"] for image in images)
    print_result(
        result,
        f"{components} artifacts in {len(images)} images, {result['seconds']:.1f} s. "
        f"Masks are in {out / 'mask'}.",
        as_json,
    )


@app.command()
def score(
    pred: Annotated[Path, typer.Option(help="Folder of detected masks.")],
    gt: Annotated[Path, typer.Option(help="Folder of manual masks of the same names.")],
    as_json: Json = False,
) -> None:
    """Score detected masks against manual ones: IoU, precision, recall."""
    from desra_studio.services.scores import score_folders

    figures, notes = score_folders(pred, gt)
    for note in notes:
        typer.echo(note, err=True)
    print_result(
        figures,
        f"IoU {show_figure(figures['iou'])}  precision {show_figure(figures['precision'])}  "
        f"recall {show_figure(figures['recall'])}  over {figures['images']} images "
        f"({figures['empty_both']} empty in both)",
        as_json,
    )


@app.command()
def regress(
    before: Annotated[Path, typer.Option(help="Folder of the original GAN-SR images.")],
    after: Annotated[Path, typer.Option(help="Folder of the fine-tuned model's images.")],
    mse: Annotated[Path, typer.Option(help="Folder of MSE-SR images.")],
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    window_size: WindowSize = DEFAULTS.window_size,
    class_maps: ClassMaps = None,
    no_segmentation: NoSegmentation = False,
    as_json: Json = False,
) -> None:
    """Count the artifacts that fine-tuning removed, left and added."""
    from desra_studio.services.detections import regress_folders

    check_segmentation(class_maps, no_segmentation)
    params = DetectorParams(contrast_threshold, area_threshold, window_size)
    with show_progress("regress") as report:
        figures = regress_folders(before, after, mse, params, class_maps, report)
    tell_weights(class_maps)
    print_result(
        figures,
        f"{figures['removed']} of {figures['before_components']} artifacts gone, "
        f"{figures['added']} new (removal rate {show_figure(figures['removal_rate'])}, "
        f"addition rate {show_figure(figures['addition_rate'])})",
        as_json,
    )


@app.command()
def upscale(
    model: Annotated[str, typer.Option(help="A weight file, or the name of a model.")],
    lr: Annotated[Path, typer.Option(help="Folder of LR images.")],
    out: Annotated[Path, typer.Option(help="Folder to write NAME.png into.")],
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Upscale a folder of images with a model."""
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.upscaling import upscale_folder

    with show_progress("upscale") as report:
        result = upscale_folder(studio, model, lr, out, report)
    print_result(
        result, f"{result['images']} images upscaled x{result['scale']} into {out}.", as_json
    )


@app.command()
def finetune(
    lr: Annotated[Path, typer.Option(help="Folder of LR images.")],
    gan: Annotated[Path, typer.Option(help="Folder of GAN-SR images.")],
    mse: Annotated[Path, typer.Option(help="Folder of MSE-SR images.")],
    mask: Annotated[Path, typer.Option(help="Folder of masks: where MSE-SR is the better one.")],
    generator: Annotated[str, typer.Option(help="A weight file, or the name of a model.")],
    out: Annotated[Path, typer.Option(help="Folder to write the new weights into.")],
    iterations: Annotated[int, typer.Option(help="Optimiser steps.")] = FINETUNE.iterations,
    batch: Annotated[int, typer.Option(help="Crops per step.")] = FINETUNE.batch,
    crop: Annotated[int, typer.Option(help="Side of a crop in HR px.")] = FINETUNE.crop,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = FINETUNE.seed,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Fine-tune a generator so that the masked artifacts go."""
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.finetuning import finetune_folders

    settings = FinetuneConfig(iterations=iterations, batch=batch, crop=crop, seed=seed)
    folders = {"--lr": lr, "--gan": gan, "--mse": mse, "--mask": mask}
    with show_progress("finetune") as report:
        result = finetune_folders(studio, folders, generator, out, settings, report=report)
    print_result(
        result,
        f"{iterations} iterations on {result['samples']} samples in {result['seconds']:.0f} s, L1 "
        f"{result['loss_first']:.4f} to {result['loss_last']:.4f}. Weights are in {out}.",
        as_json,
    )


@app.command()
def export(
    dataset: Annotated[str, typer.Argument(help="Name of the dataset.")],
    form: Annotated[str, typer.Option("--format", help="masks or csv.")],
    out: Annotated[Path, typer.Option(help="New folder (masks) or file (csv).")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Export a dataset's labels."""
    from desra_studio.services.exports import export_dataset

    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    result = export_dataset(studio, dataset, form, out)
    print_result(result, f"{result['images']} images written to {out}.", as_json)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which benchmark: startup.")],
    as_json: Json = False,
) -> None:
    """Run one of the project's own benchmarks."""
    from desra_studio.services.benchmarks import run_benchmark

    figures = run_benchmark(name)
    print_result(figures, "  ".join(f"{key} {value}" for key, value in figures.items()), as_json)


@jobs_app.command(name="run")
def run_job_command(run_id: int) -> None:
    """Carry out a job that the server wrote down."""
    from desra_studio.services.worker import run_job

    run_job(open_studio(Settings()), run_id)


@app.callback(invoke_without_command=True)
def show_version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version where it is asked for."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments, or the process's own."""
    run_app(app, sys.argv[1:] if arguments is None else arguments)
