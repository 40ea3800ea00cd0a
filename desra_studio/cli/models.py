"""The commands for models: what there is, fetching, adding and exporting it."""

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
    end_strictly,
    make_settings,
    open_reader,
    print_result,
    tell_notes,
)
from desra_studio.finetune.config import DeriveConfig
from desra_studio.progress import show_progress
from desra_studio.services.models.listing import ModelDetails, describe_model, list_models
from desra_studio.services.models.registry import FORMATS, add_model_file, export_model
from desra_studio.services.studio import open_studio
from desra_studio.setting import list_settings

DERIVE = DeriveConfig()
SAID = list_settings(DeriveConfig)

models_app = typer.Typer(help="List, fetch, add and export models.", no_args_is_help=True)


@models_app.command(name="list")
def list_all(
    data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False
) -> None:
    """List the models that are here, and those that can be pulled."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    found = list_models(studio)
    lines = "\n".join(_describe_line(details) for details in found)
    print_result({"models": [asdict(details) for details in found]}, lines, as_json)


@models_app.command(epilog="Example: desra-studio models pull RealESRGAN_x4plus")
def pull(
    name: Annotated[str, typer.Argument(help="As `models list` shows it.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Fetch a known model, or take its file from downloads/ in the data directory.

    What broke off goes on where it was. Without a network it says which file to put where.
    """
    from desra_studio.services.models.pulling import pull_model

    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("pull") as report:
        details, is_new = pull_model(studio, name, report)
    print_result(
        asdict(details) | {"new": is_new},
        f"{_describe_line(details)}{'' if is_new else '  (was here already)'}",
        as_json,
    )


@models_app.command(epilog="Example: desra-studio models add sharp.pth --role gan")
def add(
    file: Annotated[Path, typer.Argument(help="A .safetensors, .pth or .ckpt file.")],
    role: Annotated[str, typer.Option(help="gan, mse or discriminator.")],
    partner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Model of the other role, gan or mse, that it is compared with."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the model; without it that of the file.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Add a weight file: a generator that spandrel knows, or a discriminator as Real-ESRGAN's."""
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    added = add_model_file(studio, file, name, role, partner)
    details = describe_model(studio, added)
    lines = [_describe_line(details), *details.card.get("notes", ())]
    print_result(asdict(details), "\n".join(lines), as_json)


@models_app.command(
    epilog="Example: desra-studio models export desra-demo-gan-x4 --format onnx --out demo.onnx"
)
def export(
    name: Annotated[str, typer.Argument(help="As `models list` shows it.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help=f"One of {', '.join(FORMATS)}: pth as Real-ESRGAN's scripts read it, ncnn as a "
            "zip for Upscayl.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="New file.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Write a model's weights to a file.

    onnx and ncnn need the extra of that name to be installed, and are checked against PyTorch.
    """
    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    result = export_model(studio, name, form, out)
    rule = f" {result.size_rule.describe()}" if result.size_rule else ""
    print_result(asdict(result), f"{result.bytes} bytes written to {out}.{rule}", as_json)


def _describe_line(details: ModelDetails) -> str:
    scale = f"x{details.scale}" if details.scale else "x?"
    partner = f"  partner: {details.partner}" if details.partner else ""
    return (
        f"{details.name}  {details.role} {scale} {details.architecture or '?'}  "
        f"{details.state}{partner}"
    )


@models_app.command(
    name="derive-mse", epilog="Example: desra-studio models derive-mse sharp --lr photos"
)
def derive_mse(
    name: Annotated[str, typer.Argument(help="A GAN-SR model that is here.")],
    lr: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of LR images such as you upscale; at least 4."),
    ],
    hr: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of HR images, paired with the LR images by name where sizes fit, else "
            "degraded; without it the LR images take their place.",
        ),
    ] = None,
    iterations: Annotated[
        int, typer.Option(metavar="N", help=SAID["max_iterations"].help)
    ] = DERIVE.max_iterations,
    seed: Annotated[
        int, typer.Option(metavar="N", help=f"Seed o{SAID['seed'].help[1:]}")
    ] = DERIVE.seed,
    replace: Annotated[
        bool, typer.Option("--replace", help="Do it even where the model has a partner already.")
    ] = False,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Train a GAN-SR model on with L1 alone, and make the result its MSE-SR partner."""
    config = DeriveConfig(max_iterations=iterations, seed=seed)
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    from desra_studio.services.models.deriving import derive_from_folders, find_derivable_model

    model = find_derivable_model(studio, name, replace)
    reader = open_reader(studio.settings)
    with show_progress("derive") as report:
        result = derive_from_folders(studio, model, lr, hr, config, report, reader)
    tell_notes(result.notes)
    outcome = result.note or f"{result.model} is the partner of {name} now."
    print_result(
        asdict(result),
        f"{outcome} Best after {result.iteration} iterations, {result.psnr_before:.2f} to "
        f"{result.psnr:.2f} dB on images it was not trained on, in {result.seconds:.0f} s.",
        as_json,
    )
    end_strictly(reader.lines, strict)
