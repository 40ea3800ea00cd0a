"""The commands of detectors that learn from labels."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desra_studio.cli.console import (
    Json,
    Strict,
    Suffix,
    end_strictly,
    make_settings,
    open_reader,
    print_result,
    show_figure,
    tell_notes,
)
from desra_studio.detection.learned.training import LearningParams
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.setting import list_settings

if TYPE_CHECKING:
    from desra_studio.services.detection.learning.comparing import DetectorComparison
    from desra_studio.services.detection.learning.folders import LabelledSet
    from desra_studio.services.folders import FolderReader

LEARNING = LearningParams()
SAID = list_settings(LearningParams)
LEAST_SHOWN = 5

learning_app = typer.Typer(
    help="Learn a detector from labels, and see what it is worth.", no_args_is_help=True
)

Gan = Annotated[Path, typer.Option(metavar="DIR", help="Folder of GAN-SR images.")]
Mse = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Folder of what they are compared with, MSE-SR as a rule."),
]
Labels = Annotated[
    list[Path],
    typer.Option(metavar="DIR", help="Folder of manual masks; once more for each further person."),
]
Folds = Annotated[int, typer.Option(metavar="N", help=SAID["folds"].help)]
Penalty = Annotated[float, typer.Option(metavar="X", help=SAID["penalty"].help)]
Seed = Annotated[int, typer.Option(metavar="N", help=SAID["seed"].help)]


@learning_app.command(
    epilog="Example: desra-studio detector train --gan results/GAN-SR --mse results/MSE-SR "
    "--labels results/GT-Mask --out ours.json",
)
def train(
    gan: Gan,
    mse: Mse,
    labels: Labels,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write, NAME.json.")],
    folds: Folds = LEARNING.folds,
    penalty: Penalty = LEARNING.penalty,
    seed: Seed = LEARNING.seed,
    suffix: Suffix = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Learn a detector from labelled images. `--detector FILE` takes it wherever one is named."""
    from desra_studio.services.detection.learning.training import (
        check_ending,
        train_detector,
        write_detector,
    )

    check_ending(out)
    params = LearningParams(folds=folds, penalty=penalty, seed=seed)
    reader = open_reader(make_settings(), suffix)
    labelled = _read(gan, mse, labels, None, reader)
    with show_progress("train") as report:
        detector = train_detector(labelled, params, report)
    write_detector(out, detector)
    tell_notes(reader.lines)
    iou = list(detector.card.images.values())
    result: dict[str, Any] = {
        "out": str(out),
        "images": len(iou),
        "people": detector.card.people,
        "iou": sum(iou) / len(iou),
        "per_image": detector.card.images,
        "threshold": detector.threshold,
        "area_threshold": detector.area_threshold,
        "heaviest": dict(detector.list_weights()[:LEAST_SHOWN]),
        "notes": reader.lines,
    }
    line = (
        f"{out}: learned from {len(iou)} images; IoU {show_figure(result['iou'])} on images that "
        "the fit had not seen (the threshold had). For a fair comparison: desra-studio detector "
        "compare."
    )
    print_result(result, line, as_json)
    end_strictly(reader.lines, strict)


@learning_app.command(
    epilog="Example: desra-studio detector compare --gan results/GAN-SR --mse results/MSE-SR "
    "--labels results/GT-Mask",
)
def compare(
    gan: Gan,
    mse: Mse,
    labels: Labels,
    lr: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of LR images, enlarged to the size of GAN-SR: for single signals alone.",
        ),
    ] = None,
    signals: Annotated[
        bool, typer.Option("--signals", help="Every single signal takes part, too.")
    ] = False,
    folds: Folds = LEARNING.folds,
    penalty: Penalty = LEARNING.penalty,
    seed: Seed = LEARNING.seed,
    suffix: Suffix = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Judge a learned detector beside the others, on images that were left out."""
    from desra_studio.services.detection.learning.comparing import compare_detectors

    if lr and not signals:
        raise InputError("--lr goes with --signals: only single signals look at LR.")
    params = LearningParams(folds=folds, penalty=penalty, seed=seed)
    reader = open_reader(make_settings(), suffix)
    labelled = _read(gan, mse, labels, lr, reader)
    with show_progress("compare") as report:
        compared = compare_detectors(labelled, params, signals, report)
    tell_notes(reader.lines)
    print_result(
        _describe_comparison(compared) | {"notes": reader.lines},
        _render_comparison(compared),
        as_json,
    )
    end_strictly(reader.lines, strict)


def _read(
    gan: Path, mse: Path, labels: list[Path], lr: Path | None, reader: "FolderReader"
) -> "LabelledSet":
    from desra_studio.services.detection.learning.folders import (
        LabelledFolders,
        read_labelled_folders,
    )

    with show_progress("measure") as report:
        return read_labelled_folders(LabelledFolders(gan, mse, tuple(labels), lr), reader, report)


def _describe_comparison(compared: "DetectorComparison") -> dict[str, Any]:
    interval = compared.difference.interval
    return {
        "images": list(compared.images),
        "detectors": {
            one.name: {
                "iou": sum(one.iou) / len(one.iou),
                "people": [
                    {"iou": score.iou, "precision": score.precision, "recall": score.recall}
                    for score in one.scores
                ],
                "per_image": dict(zip(compared.images, one.iou, strict=True)),
            }
            for one in compared.contestants
        },
        "people_iou": compared.people,
        "best_other": compared.best,
        "iou_difference": compared.difference.mean,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _render_comparison(compared: "DetectorComparison") -> str:
    width = max(len(one.name) for one in compared.contestants)
    lines = [f"IoU over {len(compared.images)} images, none seen in training:"]
    for one in compared.contestants:
        mean = sum(one.iou) / len(one.iou)
        each = "  ".join(show_figure(score.iou) for score in one.scores)
        lines.append(f"  {one.name:{width}}  {mean:.3f}" + (f"  ({each})" if "  " in each else ""))
    if compared.people is not None:
        lines.append(f"  {'people':{width}}  {compared.people:.3f}, two labels with each other")
    interval = compared.difference.interval
    bounds = f", 95 % interval {interval.low:+.3f} to {interval.high:+.3f}" if interval else ""
    lines.append(
        f"Learned less {compared.best}: {compared.difference.mean:+.3f}{bounds}. "
        f"{compared.best} was picked on these images, in its favour."
    )
    return "\n".join(lines)
