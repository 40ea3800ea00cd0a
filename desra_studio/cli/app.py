"""The command line: exit status 0 = done, 2 = bad input, with one line on standard error."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from desra_studio import __version__
from desra_studio.bench.registry import BENCHMARKS, run_benchmark
from desra_studio.cli.console import (
    DATASETS,
    DEFAULTS,
    DETECTING,
    INSTALLATION,
    STUDIES,
    TRAINING,
    AreaThreshold,
    ContrastThreshold,
    DatabaseUrl,
    DataDir,
    Device,
    Json,
    Strict,
    Suffix,
    end_strictly,
    make_settings,
    print_result,
    render_figures,
    run_app,
    tell_notes,
)
from desra_studio.cli.database import db_app
from desra_studio.cli.datasets import datasets_app
from desra_studio.cli.detection import detection_app
from desra_studio.cli.folders import folders_app
from desra_studio.cli.learning import learning_app
from desra_studio.cli.models import models_app
from desra_studio.cli.scores import scores_app
from desra_studio.cli.studies import studies_app
from desra_studio.cli.users import users_app
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.references import MSE_SR, parse_reference
from desra_studio.services.datasets.importing import describe_blind
from desra_studio.services.export.formats import CROPPABLE, FORMATS, describe_targets
from desra_studio.services.studio import Studio, open_studio
from desra_studio.wording import count_noun

PORT = Settings.model_fields["port"].default

app = typer.Typer(
    help="Find, label and delete the artifacts of GAN super-resolution models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
jobs_app = typer.Typer(help="What child processes of the server run.", no_args_is_help=True)
app.add_typer(detection_app)
app.add_typer(scores_app)
app.add_typer(folders_app)
app.add_typer(db_app, name="db", rich_help_panel=INSTALLATION)
app.add_typer(datasets_app, name="datasets", rich_help_panel=DATASETS)
app.add_typer(learning_app, name="detector", rich_help_panel=DETECTING)
app.add_typer(models_app, name="models", rich_help_panel=TRAINING)
app.add_typer(studies_app, name="study", rich_help_panel=STUDIES)
app.add_typer(users_app, name="users", rich_help_panel=INSTALLATION)
app.add_typer(jobs_app, name="jobs", hidden=True)


@app.command(rich_help_panel=INSTALLATION, epilog="Example: desra-studio serve --port 8080")
def serve(
    host: Annotated[
        str | None,
        typer.Option(
            help=f"Address to listen on; {LOCAL_HOST} without it. Any other needs users and HTTPS."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help=f"TCP port to listen on, 1 to 65535; {PORT} without it.")
    ] = None,
    voters: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Address of this machine at which others reach the voting page, and nothing else.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM file of the server's certificate, for HTTPS."),
    ] = None,
    certificate_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM file of the certificate's private key."),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="nginx, Caddy or the like does HTTPS on the way."),
    ] = False,
    log: Annotated[
        str | None,
        typer.Option(
            metavar="FORM",
            help="text: what went wrong alone; or json: an object a line, one per request.",
        ),
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="Pages import from this folder, and from no other; may be given again.",
        ),
    ] = None,
    detectors: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of TorchScript detectors that pages may run."),
    ] = None,
    no_pages: Annotated[
        bool,
        typer.Option("--no-pages", help="Answer the routes alone, without pages: for scripts."),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Start the studio, as app.py does, and print its address."""
    settings = make_settings(
        host=host,
        port=port,
        voters=voters,
        certificate=certificate,
        certificate_key=certificate_key,
        behind_proxy=behind_proxy or None,
        log=log,
        folders=folder,
        detectors=detectors,
        data_dir=data_dir,
        database_url=database_url,
    )
    studio = open_studio(settings)
    # Gradio takes seconds to import, and no other command needs it.
    from desra_studio.ui.server import run_server

    run_server(studio, pages=not no_pages)


@app.command(
    name="import",
    rich_help_panel=DATASETS,
    epilog="Example: desra-studio import results --name results",
)
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="Folder with GAN-SR, MSE-SR, LR and GT-Mask, or with one such folder per model, "
            "or of LR images alone; or a zip of one, a manifest (.csv, .jsonl), or an archive that "
            "`export` wrote."
        ),
    ],
    name: Annotated[str | None, typer.Option(help="Name of the new dataset.")] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="DATASET",
            help="In place of --name, a dataset that is there: PATH has more images, or labels: "
            "masks, or a file of COCO, LabelMe, Label Studio or CVAT.",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            help="With --into, a label that counts in such a file, all without it; may be given "
            "again."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="GAN-SR model that upscales LR images first, with its partner."
        ),
    ] = None,
    blind_share: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Of the new dataset's pictures, how many are labelled before anything of the "
            "detector is shown, 0 to 1; else as DESRA_STUDIO_BLIND_SHARE says.",
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="What GAN-SR of the new dataset is compared with: mse, MSE-SR, as usual; lr, the "
            "enlarged LR, so that GAN-SR and LR are enough; other:NAME, what another model made, "
            "from the folder NAME or MSE-SR; hr, ground truth, from the folder HR or MSE-SR.",
        ),
    ] = None,
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Import images as a dataset and detect their artifacts, or add to a dataset."""
    from desra_studio.services.datasets.detecting import detect_imported
    from desra_studio.services.datasets.importing import check_pair
    from desra_studio.services.datasets.sources import import_source

    params = DetectorParams(contrast_threshold=contrast_threshold, area_threshold=area_threshold)
    studio = open_studio(make_settings(device=device, data_dir=data_dir, database_url=database_url))
    if (name is None) == (into is None):
        raise InputError("Give --name for a new dataset, or --into for one that is there.")
    if into is not None:
        if model is not None:
            raise InputError("--model goes with --name: a dataset keeps its models.")
        if blind_share is not None:
            raise InputError("--blind-share goes with --name: a dataset keeps its share.")
        if reference is not None:
            raise InputError("--reference goes with --name: a dataset keeps its reference.")
        added = _add_to(studio, path.expanduser(), into, suffix or (), label, params, as_json)
        end_strictly(added, strict)
        return
    if label:
        raise InputError("--label goes with --into. Leave it out.")
    compared_with = MSE_SR if reference is None else parse_reference(reference)
    model_id = check_pair(studio, model) if model else None
    with show_progress("import") as report:
        imported = import_source(
            studio,
            path.expanduser(),
            name or "",
            report,
            suffix or (),
            blind_share=blind_share,
            reference=compared_with,
        )
    told = (*imported.remarks, *imported.lines)
    tell_notes(told)
    result = asdict(imported)
    if model and not imported.lr_only:
        outputs = f"the folder has GAN-SR and {compared_with.folder}"
        typer.echo(f"--model {model} was not needed: {outputs}.", err=True)
    if not imported.lr_only and not imported.with_detections:
        with show_progress("detect") as report:
            result |= detect_imported(studio, imported, params, report)
        tell_notes(result["notes"])
    elif imported.lr_only and model_id is not None:
        from desra_studio.services.datasets.upscaling import upscale_dataset

        with show_progress("upscale") as report:
            result |= asdict(upscale_dataset(studio, imported.dataset_id, model_id, params, report))
        tell_notes(result["notes"])
    result["notes"] = [*told, *result.get("notes", [])]
    lines = [_tell_imported(result | each) for each in result["models"] or [{}]]
    print_result(result, "\n".join(lines), as_json)
    end_strictly(imported.lines, strict)


def _add_to(
    studio: Studio,
    path: Path,
    into: str,
    suffixes: Sequence[str],
    labels: Sequence[str] | None,
    params: DetectorParams,
    as_json: bool,
) -> tuple[str, ...]:
    """Add to a dataset, tell what came of it, and return the lines on files."""
    from desra_studio.services.datasets.adding import add_to_dataset
    from desra_studio.services.datasets.listing import find_dataset_by_name
    from desra_studio.services.detection.dataset import detect_missing

    dataset = find_dataset_by_name(studio, into)
    with show_progress("import") as report:
        added = add_to_dataset(studio, dataset.id, path, report, suffixes, labels)
    told = [*added.remarks, *added.lines]
    tell_notes(told)
    result = asdict(added) | {"notes": told}
    if added.images and dataset.gan_model_id is not None:
        with show_progress("detect") as report:
            detected = detect_missing(studio, dataset.id, params, report)
        result |= {"marked": detected.marked, "notes": [*told, *detected.notes]}
    waiting = ", upscale them on the Datasets page" if added.images and added.waiting else ""
    print_result(
        result,
        f"{count_noun(added.images, 'image')} added to {added.name}{waiting}; "
        f"{count_noun(added.labels, 'label')}, {added.kept} kept beside others; {added.unchanged} "
        f"were there already.{describe_blind(added.blind)}",
        as_json,
    )
    return added.lines


def _tell_imported(imported: dict[str, Any]) -> str:
    if "marked" in imported:
        then = f"artifacts detected in {imported['marked']}."
    elif imported["with_detections"]:
        then = "with all that was detected and labelled."
    else:
        then = "upscale them on the Datasets page."
    reference = imported["reference"]
    compared = "" if reference == MSE_SR.title else f" compared with {reference},"
    return (
        f"{count_noun(imported['images'], 'image')} imported as {imported['name']!r},{compared} "
        f"{imported['with_lr']} with LR, {imported['labels']} with a manual mask; {then}"
        f"{describe_blind(imported['blind'])}"
    )


@app.command(
    rich_help_panel=DATASETS,
    epilog="Example: desra-studio export results --format masks --out masks",
)
def export(
    dataset: Annotated[str, typer.Argument(help="Name of the dataset.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help=f"New {describe_targets()}.")],
    cropped: Annotated[
        bool,
        typer.Option(
            "--cropped",
            help="Leave 5 px along each edge of masks out, as the released scripts do; "
            f"{', '.join(CROPPABLE)} alone.",
        ),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Export a dataset's labels; what is left out is told on standard error."""
    from desra_studio.services.export.exporting import export_dataset

    studio = open_studio(make_settings(data_dir=data_dir, database_url=database_url))
    with show_progress("export") as report:
        result = export_dataset(studio, dataset, form, out, cropped=cropped, report=report)
    tell_notes(result.notes)
    print_result(asdict(result), f"{count_noun(result.images, 'image')} written to {out}.", as_json)


@app.command(rich_help_panel=INSTALLATION)
def doctor(
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Tell what this machine has, what is missing, and what to do; exit status 2 for a problem.

    It looks at device, disk, database, models, SegFormer, VGG19, what can be installed besides, and
    the browser of the tests. It makes and fetches nothing.
    """
    from desra_studio.services.doctor import Health, examine_installation

    settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
    findings = examine_installation(settings)
    width = max(len(finding.name) for finding in findings)
    lines = [
        f"{finding.health:8} {finding.name:{width}}  {finding.says}"
        + (f"\n{'':{width + 11}}{finding.do}" if finding.do else "")
        for finding in findings
    ]
    problems = [finding.name for finding in findings if finding.health is Health.PROBLEM]
    result = {"ok": not problems, "findings": [asdict(finding) for finding in findings]}
    print_result(result, "\n".join(lines), as_json)
    if problems:
        raise InputError(f"To be mended: {', '.join(problems)}.")


@app.command(epilog="Example: desra-studio bench startup")
def bench(
    name: Annotated[
        str,
        typer.Argument(help=f"One of {', '.join(BENCHMARKS)}."),
    ],
    kills: Annotated[
        int | None,
        typer.Option(metavar="N", help="kills: how often it kills, at least 5; 100 without it."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="kills: of the points at which it kills; 1 without it. mutations: of the "
            "damage; 0. detectors: of the scenes; 0.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(metavar="N", help="deletion: how many seeds it trains with; 3 without it."),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="deletion: folder of LR images that it judges on."),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="deletion: folder of photographs that it judges on, made small. detectors: folder "
            "of those that scenes are made of; the demo's without it.",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="deletion: SVG file of removal over detail kept."),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="import: how many triplets, at least 10; 10 000 without it. mutations: how many "
            "inputs; 500. detectors: how many scenes, at least 8; 48.",
        ),
    ] = None,
    only: Annotated[
        int | None,
        typer.Option(metavar="N", help="mutations: number of the one input that it tries."),
    ] = None,
    people: Annotated[
        int | None, typer.Option(metavar="N", help="load: how many label at once; 50.")
    ] = None,
    seconds: Annotated[
        int | None, typer.Option(metavar="N", help="load: for how long; 120.")
    ] = None,
    think: Annotated[
        float | None, typer.Option(metavar="S", help="load: seconds between two images; 1.")
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="load: empty database that it fills; SQLite without it."),
    ] = None,
    users: Annotated[bool, typer.Option("--users", help="load: everybody signs in.")] = False,
    as_json: Json = False,
) -> None:
    """Run one of the project's own benchmarks, and print its figures."""
    with show_progress(name) as report:
        figures = run_benchmark(
            name, report, kills=kills, seed=seed, seeds=seeds, images=images, photos=photos,
            picture=picture, count=count, only=only, people=people, seconds=seconds, think=think,
            database_url=database_url, users=users or None,
        )  # fmt: skip
    print_result(figures, render_figures(figures), as_json)


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
