"""The commands that run or train models on folders of files, matched by name."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from desra_studio.cli.console import (
    DatabaseUrl,
    DataDir,
    Device,
    Json,
    Strict,
    Suffix,
    end_strictly,
    make_settings,
    open_reader,
    print_result,
    tell_notes,
)
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.progress import show_progress
from desra_studio.services.studio import open_studio
from desra_studio.setting import list_settings

SAID = list_settings(FinetuneConfig)
PRESET = " Without it the preset's."

folders_app = typer.Typer()


@folders_app.command()
def upscale(
    model: Annotated[str, typer.Option(help="A weight file, or the name of a model.")],
    lr: Annotated[Path, typer.Option(help="Folder of LR images.")],
    out: Annotated[Path, typer.Option(help="Folder to write NAME.png into.")],
    tile: Annotated[
        int | None, typer.Option(help="Side of a tile in LR px; 0 for whole images.")
    ] = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Upscale a folder of images with a model; a second run does what is missing."""
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.models.upscale_folder import upscale_folder

    reader = open_reader(studio.settings)
    with show_progress("upscale") as report:
        result = upscale_folder(studio, model, lr, out, tile, report, reader)
    tell_notes(result.notes)
    kept = result.images - result.upscaled - result.left_out
    print_result(
        asdict(result),
        f"{result.upscaled} images upscaled x{result.scale} into {out}"
        + (f", {kept} were there already." if kept else "."),
        as_json,
    )
    end_strictly(reader.lines, strict)


@folders_app.command()
def finetune(
    lr: Annotated[Path, typer.Option(help="Folder of LR images.")],
    gan: Annotated[Path, typer.Option(help="Folder of GAN-SR images.")],
    mse: Annotated[Path, typer.Option(help="Folder of MSE-SR images.")],
    mask: Annotated[Path, typer.Option(help="Folder of masks: where MSE-SR is the better one.")],
    generator: Annotated[str, typer.Option(help="A weight file, or the name of a model.")],
    out: Annotated[Path, typer.Option(help="Folder to write the new weights into.")],
    preset: Annotated[
        str | None,
        typer.Option(help="quick, paper or long; without it quick on a CPU, paper on a GPU."),
    ] = None,
    iterations: Annotated[int | None, typer.Option(help=SAID["iterations"].help + PRESET)] = None,
    batch: Annotated[int | None, typer.Option(help=SAID["batch"].help + PRESET)] = None,
    crop: Annotated[int | None, typer.Option(help=SAID["crop"].help + PRESET)] = None,
    seed: Annotated[int, typer.Option(help=SAID["seed"].help)] = 0,
    discriminator: Annotated[
        str | None,
        typer.Option(
            help="A weight file as RealESRGAN_x4plus_netD, the name of a model, or fresh; else the "
            "one that the generator came with, where it is here."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in the output folder.")
    ] = False,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Fine-tune a generator so that the masked artifacts go."""
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.finetune.training import choose_settings, finetune_folders

    given = {"iterations": iterations, "batch": batch, "crop": crop, "seed": seed}
    settings = choose_settings(studio, preset, given)
    reader = open_reader(studio.settings, suffix)
    folders = {"--lr": lr, "--gan": gan, "--mse": mse, "--mask": mask}
    with show_progress("finetune") as report:
        result = finetune_folders(
            studio, folders, generator, out, settings, report=report, resume=resume,
            discriminator=discriminator, warn=lambda caution: tell_notes([caution]), reader=reader,
        )  # fmt: skip
    if result is None:
        return  # another process of this training tells
    tell_notes(result.notes[len(reader.lines) :])
    print_result(
        asdict(result),
        f"{result.iterations} iterations on {result.samples} samples in "
        f"{result.seconds:.0f} s, L1 {result.loss_first:.4f} to "
        f"{result.loss_last:.4f}. Weights are in {out}.",
        as_json,
    )
    end_strictly(reader.lines, strict)
