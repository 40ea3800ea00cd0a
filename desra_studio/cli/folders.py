"""The commands that run or train models on folders of files, matched by name."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from desra_studio.cli.console import (
    TRAINING,
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
from desra_studio.wording import count_noun

SAID = list_settings(FinetuneConfig)
PRESET = " Without it as the preset has it."

folders_app = typer.Typer()


@folders_app.command(
    rich_help_panel=TRAINING,
    epilog="Example: desra-studio upscale --model tuned/generator.safetensors --lr results/LR "
    "--out after",
)
def upscale(
    model: Annotated[
        str, typer.Option(metavar="NAME", help="The name of a model, or a weight file.")
    ],
    lr: Annotated[Path, typer.Option(metavar="DIR", help="Folder of LR images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write NAME.png into.")],
    tile: Annotated[
        int | None,
        typer.Option(
            metavar="PX",
            help="Side of a tile in LR px, 0 for whole images; without it what fits into memory.",
        ),
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
        f"{count_noun(result.upscaled, 'image')} upscaled x{result.scale} into {out}"
        + (f", {kept} were there already." if kept else "."),
        as_json,
    )
    end_strictly(reader.lines, strict)


@folders_app.command(
    rich_help_panel=TRAINING,
    epilog="Example: desra-studio finetune --lr results/LR --gan results/GAN-SR "
    "--mse results/MSE-SR --mask results/GT-Mask --generator desra-demo-gan-x4 --out tuned",
)
def finetune(
    lr: Annotated[Path, typer.Option(metavar="DIR", help="Folder of LR images.")],
    gan: Annotated[Path, typer.Option(metavar="DIR", help="Folder of GAN-SR images.")],
    mse: Annotated[Path, typer.Option(metavar="DIR", help="Folder of MSE-SR images.")],
    mask: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of masks: where MSE-SR is the better one."),
    ],
    generator: Annotated[
        str, typer.Option(metavar="NAME", help="The name of a model, or a weight file.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Folder to write generator.safetensors and generator_params_ema.pth into.",
        ),
    ],
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="quick, paper or long; without it quick on a CPU, paper on a GPU."
        ),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(metavar="N", help=SAID["iterations"].help + PRESET)
    ] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", help=SAID["batch"].help + PRESET)
    ] = None,
    crop: Annotated[
        int | None,
        typer.Option(
            metavar="PX",
            help=f"Side of a crop in px of the output; {SAID['crop'].describe_limits()}.{PRESET}",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help=f"Seed o{SAID['seed'].help[1:]}")] = 0,
    discriminator: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The name of a model, a weight file as RealESRGAN_x4plus_netD's, or fresh; "
            "without it the one that the generator came with, where that is here, else fresh.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in --out.")
    ] = False,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Fine-tune a generator so that the masked artifacts go, without the database."""
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
        f"{count_noun(result.iterations, 'iteration')} on {count_noun(result.samples, 'sample')} "
        f"in "
        f"{result.seconds:.0f} s, L1 {result.loss_first:.4f} to "
        f"{result.loss_last:.4f}. Weights are in {out}.",
        as_json,
    )
    end_strictly(reader.lines, strict)
