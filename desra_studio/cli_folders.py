"""The commands that work on folders of files, matched by name, and touch no dataset."""

from pathlib import Path
from typing import Annotated

import typer

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
    show_figure,
    tell_notes,
    tell_weights,
)
from desra_studio.progress import show_progress
from desra_studio.services.curation import FinetuneConfig
from desra_studio.services.detections import DetectorParams
from desra_studio.services.studio import open_studio

FINETUNE = FinetuneConfig()

folders_app = typer.Typer()


@folders_app.command()
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


@folders_app.command()
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


@folders_app.command()
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


@folders_app.command()
def upscale(
    model: Annotated[str, typer.Option(help="A weight file, or the name of a model.")],
    lr: Annotated[Path, typer.Option(help="Folder of LR images.")],
    out: Annotated[Path, typer.Option(help="Folder to write NAME.png into.")],
    tile: Annotated[
        int | None, typer.Option(help="Side of a tile in LR px; 0 for whole images.")
    ] = None,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Upscale a folder of images with a model; a second run does what is missing."""
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.upscale_folder import upscale_folder

    with show_progress("upscale") as report:
        result = upscale_folder(studio, model, lr, out, tile, report)
    tell_notes(result["notes"])
    kept = result["images"] - result["upscaled"]
    print_result(
        result,
        f"{result['upscaled']} images upscaled x{result['scale']} into {out}"
        + (f", {kept} were there already." if kept else "."),
        as_json,
    )


@folders_app.command()
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
