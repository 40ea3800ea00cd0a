"""The command that scores detectors against manual masks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from desra_studio.cli.console import (
    DatabaseUrl,
    DataDir,
    Device,
    Json,
    make_settings,
    print_result,
    show_figure,
    tell_notes,
)
from desra_studio.detection.detectors import NAMED
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.services.studio import Studio, open_studio

scores_app = typer.Typer()


@scores_app.command()
def score(
    pred: Annotated[
        list[Path] | None, typer.Option(help="Folder of detected masks; may be given again.")
    ] = None,
    gt: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of manual masks of the same names; may be given again."),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="A dataset, in place of folders: against its labels.")
    ] = None,
    detector: Annotated[
        list[str] | None,
        typer.Option(
            help=f"With --dataset, run this one, too: {', '.join(NAMED)}, FILE.pt; a threshold "
            "after a colon: desra:0.65."
        ),
    ] = None,
    regions: Annotated[
        str, typer.Option(help="With --dataset, manual regions: all, severe, prominent, or a kind.")
    ] = "all",
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Score detected masks against manual ones: IoU, precision, recall."""
    if dataset is not None:
        if pred or gt:
            raise InputError("--dataset and --pred or --gt exclude each other. Give one.")
        settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
        _score_dataset(open_studio(settings), dataset, detector or [], regions, as_json)
        return
    if not pred or not gt:
        raise InputError("Give --pred and --gt, or --dataset.")
    if detector or regions != "all":
        raise InputError("--detector and --regions need --dataset. Give it, or leave them out.")
    from desra_studio.services.scores.folders import score_every_pair, score_folders

    if len(pred) == len(gt) == 1:
        figures, notes = score_folders(pred[0], gt[0])
        rows = [figures]
    else:
        figures, notes = score_every_pair(pred, gt)
        rows = figures["rows"]
    tell_notes(notes)
    lines = [f"{row['pred']} against {row['gt']}: " if "pred" in row else "" for row in rows]
    text = "\n".join(line + _describe_figures(row) for line, row in zip(lines, rows, strict=True))
    print_result(figures, text, as_json)


def _score_dataset(
    studio: Studio, dataset: str, detectors: list[str], regions: str, as_json: bool
) -> None:
    from desra_studio.services.datasets.listing import find_dataset_by_name
    from desra_studio.services.detection.detectors import (
        list_detector_runs,
        parse_detector,
        run_detectors,
    )
    from desra_studio.services.review.regions import RegionFilter, check_filter
    from desra_studio.services.scores.comparisons import adopt_cleaning
    from desra_studio.services.scores.dataset import score_dataset

    chosen = RegionFilter(regions)
    dataset_id = find_dataset_by_name(studio, dataset).id
    check_filter(studio, dataset_id, chosen)
    wanted = [parse_detector(text, studio) for text in detectors]
    if wanted:
        wanted = adopt_cleaning(list_detector_runs(studio, dataset_id), wanted)
        with show_progress("score") as report:
            tell_notes(run_detectors(studio, dataset_id, wanted, report))
    result = score_dataset(studio, dataset_id, chosen)
    if result.unlabelled:
        tell_notes([f"{result.unlabelled} images are not labelled yet, and not counted."])
    if result.unknown_regions:
        tell_notes(
            [f"{result.unknown_regions} manual regions are not labelled so far, and not counted."]
        )
    rows = result.as_dict()["rows"]
    text = "\n".join(f"{row['title']}: {_describe_figures(row)}" for row in rows)
    print_result(result.as_dict(), text or "No detector has run on it yet.", as_json)


def _describe_figures(row: dict[str, Any]) -> str:
    words = []
    for name in ("iou", "precision", "recall"):
        bounds = row["intervals"][name]
        interval = f" [{bounds['low']:.4f}, {bounds['high']:.4f}]" if bounds else ""
        title = "IoU" if name == "iou" else name
        words.append(f"{title} {show_figure(row[name])}{interval}")
    return f"{'  '.join(words)}  over {row['images']} images ({row['empty_both']} empty in both)"
