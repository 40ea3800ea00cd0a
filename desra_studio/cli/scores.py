"""The command that scores detectors against manual masks."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desra_studio.cli.console import (
    DETECTING,
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
    show_figure,
    tell_notes,
)
from desra_studio.detection.detectors import NAMED
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.services.folders import FolderReader
from desra_studio.services.studio import Studio, open_studio
from desra_studio.wording import count_noun

if TYPE_CHECKING:
    from desra_studio.services.scores.dataset import DatasetScore, DetectorScore, ScoreFigures
    from desra_studio.services.scores.making import BlindAgreement

scores_app = typer.Typer()


@scores_app.command(
    rich_help_panel=DETECTING,
    epilog="Example: desra-studio score --dataset results --detector ldl:0.01",
)
def score(
    pred: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Folder of detected masks; may be given again."),
    ] = None,
    gt: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="Folder of manual masks of the same names; may be given again."
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="In place of folders, a dataset: all detectors that ran on it, against its manual "
            "masks.",
        ),
    ] = None,
    detector: Annotated[
        list[str] | None,
        typer.Option(
            help=f"With --dataset, run this one first: {', '.join(NAMED)} or FILE.pt, its "
            "threshold after a colon, as in desra:0.65; may be given again."
        ),
    ] = None,
    regions: Annotated[
        str,
        typer.Option(
            metavar="WHICH",
            help="With --dataset, manual regions that count: all, severe, prominent, or a kind.",
        ),
    ] = "all",
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Score detected masks against manual ones: IoU, precision, recall, with 95 % intervals.

    Give --pred and --gt, or --dataset.
    """
    settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
    if dataset is not None:
        if pred or gt:
            raise InputError("--dataset and --pred or --gt exclude each other. Give one.")
        _score_dataset(open_studio(settings), dataset, detector or [], regions, as_json)
        return
    if not pred or not gt:
        raise InputError("Give --pred and --gt, or --dataset.")
    if detector or regions != "all":
        raise InputError("--detector and --regions need --dataset. Give it, or leave them out.")
    reader = open_reader(settings, suffix)
    if len(pred) == len(gt) == 1:
        _score_folders(pred[0], gt[0], reader, as_json)
    else:
        _score_every_pair(pred, gt, reader, as_json)
    end_strictly(reader.lines, strict)


def _score_folders(pred: Path, gt: Path, reader: FolderReader, as_json: bool) -> None:
    from desra_studio.services.scores.dataset import list_definitions
    from desra_studio.services.scores.folders import score_folders

    score, notes = score_folders(pred, gt, reader)
    tell_notes(notes)
    print_result(
        asdict(score) | {"definitions": list_definitions(), "notes": notes},
        _render_figures(score),
        as_json,
    )


def _score_every_pair(
    pred: list[Path], gt: list[Path], reader: FolderReader, as_json: bool
) -> None:
    from desra_studio.services.scores.dataset import list_definitions
    from desra_studio.services.scores.folders import score_every_pair

    pairs, notes = score_every_pair(pred, gt, reader)
    tell_notes(notes)
    rows = [
        {"pred": str(pair.predictions), "gt": str(pair.manual), **asdict(pair.score)}
        for pair in pairs
    ]
    text = "\n".join(
        f"{pair.predictions} against {pair.manual}: {_render_figures(pair.score)}" for pair in pairs
    )
    print_result({"rows": rows, "definitions": list_definitions(), "notes": notes}, text, as_json)


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
    from desra_studio.services.scores.making import compare_making, describe_making

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
        are = "is" if result.unlabelled == 1 else "are"
        unlabelled = f"{count_noun(result.unlabelled, 'image')} {are} not labelled yet"
        tell_notes([f"{unlabelled}, and not counted."])
    if result.unknown_regions:
        tell_notes(
            [f"{result.unknown_regions} manual regions are not labelled so far, and not counted."]
        )
    agreement = compare_making(studio, dataset_id)
    lines = [line for row in result.detectors for line in _render_row(result, row)]
    text = "\n".join(lines) or "No detector has run on it yet."
    print_result(
        _describe_score(result, agreement),
        "\n".join([text, *describe_making(result, agreement)]),
        as_json,
    )


def _render_row(score: "DatasetScore", row: "DetectorScore") -> list[str]:
    """Return the figures of a detector, those of the blind labels first where they lead."""
    if row.blind is None or row.others is None:
        return [f"{row.title}: {_render_figures(row.figures)}"]
    parts = [("labels drawn blind", row.blind), ("other labels", row.others)]
    if not score.leads_blind:
        parts.reverse()
    return [f"{row.title}, {which}: {_render_figures(figures)}" for which, figures in parts]


def _describe_score(score: "DatasetScore", agreement: "BlindAgreement") -> dict[str, Any]:
    from desra_studio.services.scores.dataset import list_definitions

    return {
        "reference": score.reference,
        "rows": [
            {
                "title": row.title,
                "detector": row.detector,
                **asdict(row.figures),
                "missing_predictions": row.missing_predictions,
                "prediction_set": row.prediction_set,
                "blind": asdict(row.blind) if row.blind else None,
                "others": asdict(row.others) if row.others else None,
            }
            for row in score.detectors
        ],
        "labelled": score.labelled,
        "unlabelled": score.unlabelled,
        "unchanged": score.unchanged,
        "unknown_regions": score.unknown_regions,
        "mask_set": score.mask_set,
        "code_version": score.code_version,
        "made_by": score.made_by,
        "blind_agreement": asdict(agreement),
        "definitions": list_definitions(),
    }


def _render_figures(figures: "ScoreFigures") -> str:
    words = []
    intervals, wanting = figures.intervals, figures.intervals.wanting
    for title, value, interval, images in (
        ("IoU", figures.iou, intervals.iou, wanting.iou),
        ("precision", figures.precision, intervals.precision, wanting.precision),
        ("recall", figures.recall, intervals.recall, wanting.recall),
    ):
        bounds = f" [{interval.low:.4f}, {interval.high:.4f}]" if interval else ""
        if value is not None and images:
            bounds = f" (no interval: {count_noun(images, 'more image')})"
        words.append(f"{title} {show_figure(value)}{bounds}")
    over = count_noun(figures.images, "image")
    return f"{'  '.join(words)}  over {over} ({figures.empty_both} empty in both)"
