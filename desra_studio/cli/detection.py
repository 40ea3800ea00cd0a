"""The commands of the detector: what it marks, and what its classes weigh."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desra_studio.cli.console import (
    DEFAULTS,
    DETECTING,
    AreaShare,
    AreaThreshold,
    ClassMaps,
    ClassWeights,
    ContrastThreshold,
    DatabaseUrl,
    DataDir,
    Device,
    Dilations,
    Json,
    KernelSize,
    NoSegmentation,
    Segmentation,
    Strict,
    Suffix,
    WindowSize,
    choose_segmentation,
    end_strictly,
    make_settings,
    open_reader,
    print_result,
    show_figure,
    tell_notes,
)
from desra_studio.config import Settings
from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.detection.detectors import NAMED
from desra_studio.errors import InputError
from desra_studio.progress import show_progress
from desra_studio.references import MSE_SR, Reference, parse_reference
from desra_studio.services.detection.calibrating import CalibrationConfig
from desra_studio.services.studio import open_studio
from desra_studio.wording import count_noun

if TYPE_CHECKING:
    from desra_studio.services.detection.folders import FolderClasses
    from desra_studio.services.proof.folders import FolderRegression

CALIBRATION = CalibrationConfig()

detection_app = typer.Typer()


@detection_app.command(
    rich_help_panel=DETECTING,
    epilog="Example: desra-studio detect --gan results/GAN-SR --mse results/MSE-SR --out detected "
    "--area-threshold 400",
)
def detect(
    context: typer.Context,
    gan: Annotated[Path, typer.Option(metavar="DIR", help="Folder of GAN-SR images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write mask/NAME.png into.")],
    mse: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of MSE-SR images of the same names, or of what --reference says.",
        ),
    ] = None,
    lr: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --reference lr, folder of LR images, in its place."),
    ] = None,
    reference: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="What GAN-SR is compared with: mse; lr, the enlarged LR; other:NAME, another "
            "model's output; or hr, the ground truth.",
        ),
    ] = MSE_SR.spelling,
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    area_share: AreaShare = None,
    window_size: WindowSize = DEFAULTS.window_size,
    kernel: KernelSize = DEFAULTS.kernel_px,
    dilations: Dilations = DEFAULTS.dilations,
    class_maps: ClassMaps = None,
    segmentation: Segmentation = None,
    no_segmentation: NoSegmentation = False,
    class_weights: ClassWeights = DEFAULTS.class_weights,
    detector: Annotated[
        str,
        typer.Option(
            help=f"One of {', '.join(NAMED)}, a TorchScript FILE.pt, or a learned FILE.json; its "
            "threshold may stand after a colon, as in ldl:0.005."
        ),
    ] = METHOD,
    raw: Annotated[
        bool,
        typer.Option(help="With another detector than desra: no morphology, no area threshold."),
    ] = False,
    save_maps: Annotated[
        bool, typer.Option(help="Write the artifact maps, too, as map/NAME.npz.")
    ] = False,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Mark the artifacts of GAN-SR images against MSE-SR images."""
    from desra_studio.services.detection.folders import detect_folders

    compared, folder = _choose_reference(reference, mse, lr)
    settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
    reader = open_reader(settings, suffix)
    if detector != METHOD:
        if class_maps or segmentation or contrast_threshold != DEFAULTS.contrast_threshold:
            raise InputError(
                f"--detector {detector} knows no classes and no contrast threshold. Leave "
                "--class-maps, --segmentation and --contrast-threshold out; its threshold stands "
                "after a colon, as in ldl:0.005."
            )
        from desra_studio.services.detection.baseline_folders import detect_folders_by_baseline

        # A learned detector brings an area threshold; where none is given, its own counts.
        source = context.get_parameter_source("area_threshold")
        is_given = source is not None and source.name != "DEFAULT"
        areas = {"area_threshold": area_threshold} if is_given else {}
        regions = areas | {
            "area_share": area_share,
            "cleaned": not raw,
            "kernel_px": kernel,
            "dilations": dilations,
        }
        with show_progress("detect") as report:
            result = detect_folders_by_baseline(
                gan,
                folder,
                out,
                detector,
                regions,
                reader,
                save_maps,
                settings.device,
                report,
                compared,
            )
        tell_notes(result["notes"])
        print_result(result, _describe_detected(result, out), as_json)
        end_strictly(reader.lines, strict)
        return
    params = DetectorParams(
        contrast_threshold=contrast_threshold,
        area_threshold=area_threshold,
        area_share=area_share,
        window_size=window_size,
        kernel_px=kernel,
        dilations=dilations,
        class_weights=class_weights,
    )
    if raw:
        raise InputError("--raw goes with a baseline. For DeSRA give --kernel 1 and a small area.")
    network = choose_segmentation(class_maps, segmentation, no_segmentation)
    classes = _open_classes(settings, params, class_maps, network)
    with show_progress("detect") as report:
        result = detect_folders(
            gan, folder, out, params, classes, reader, save_maps, report, compared
        )
    tell_notes([*result["notes"], *([classes.note] if classes.note else [])])
    print_result(result, _describe_detected(result, out), as_json)
    end_strictly(reader.lines, strict)


def _choose_reference(spelling: str, mse: Path | None, lr: Path | None) -> tuple[Reference, Path]:
    """Return what GAN-SR is compared with, and the folder that was given for it."""
    reference = parse_reference(spelling)
    if reference.is_enlarged and lr is not None and mse is None:
        return reference, lr
    if not reference.is_enlarged and mse is not None and lr is None:
        return reference, mse
    given = "--lr" if reference.is_enlarged else "--mse"
    other = " To compare with the enlarged LR, give --reference lr and --lr."
    raise InputError(
        f"--reference {spelling} takes {given} and no other folder beside --gan."
        + (other if reference == MSE_SR else "")
    )


def _describe_detected(result: dict[str, Any], out: Path) -> str:
    images = result["images"]
    components = sum(image["components"] for image in images)
    reference = result["reference"]
    compared = "" if reference == MSE_SR.title else f" compared with {reference}"
    return (
        f"{count_noun(components, 'artifact')} in {count_noun(len(images), 'image')}{compared}, "
        f"{result['seconds']:.1f} s. "
        f"Masks are in {out / 'mask'}."
    )


def _open_classes(
    settings: Settings, params: DetectorParams, class_maps: Path | None, network: str | None
) -> "FolderClasses":
    """Open what names the classes; the database only for a weight set that lies there."""
    from desra_studio.services.detection.folders import open_folder_classes
    from desra_studio.services.detection.weight_sets import BUILT_IN, load_weights

    weights = None
    if params.class_weights not in BUILT_IN:
        weights = load_weights(open_studio(settings), params.class_weights)
    return open_folder_classes(settings, params, class_maps, network, weights)


@detection_app.command(
    rich_help_panel=DETECTING,
    epilog="Example: desra-studio calibrate --dataset results --name ours",
)
def calibrate(
    name: Annotated[str, typer.Option(help="Name of the new weight set.")],
    dataset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A dataset, of which the images marked clean count."),
    ] = None,
    gan: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="In place of --dataset, folder of GAN-SR images without artifacts."
        ),
    ] = None,
    mse: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --gan, folder of MSE-SR images of the same names."),
    ] = None,
    class_maps: ClassMaps = None,
    segmentation: Segmentation = None,
    min_pixels: Annotated[
        int,
        typer.Option(metavar="PX", help="A class with fewer px in all keeps the released weight."),
    ] = CALIBRATION.min_pixels,
    min_images: Annotated[
        int,
        typer.Option(metavar="N", help="A class in fewer images keeps the released weight."),
    ] = CALIBRATION.min_images,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Compute class weights from images without artifacts, and keep them under a name."""
    from desra_studio.services.datasets.listing import find_dataset_by_name
    from desra_studio.services.detection.calibrating import calibrate_dataset, calibrate_folders
    from desra_studio.services.detection.folders import open_folder_classes

    settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
    network = choose_segmentation(class_maps, segmentation, no_segmentation=False)
    studio, config = open_studio(settings), CalibrationConfig(min_pixels, min_images)
    reader = open_reader(settings, suffix)
    with show_progress("calibrate") as report:
        if dataset is not None and gan is None and mse is None and class_maps is None:
            dataset_id = find_dataset_by_name(studio, dataset).id
            result = calibrate_dataset(studio, dataset_id, name, config, report, network)
        elif dataset is None and gan is not None and mse is not None:
            classes = open_folder_classes(settings, DEFAULTS, class_maps, network)
            result = calibrate_folders(studio, gan, mse, name, classes, reader, config, report)
        else:
            raise InputError("Give --dataset, or --gan and --mse (and --class-maps, if there are).")
    tell_notes(reader.lines)
    print_result(
        result,
        f"{result['calibrated']} of 150 classes calibrated on "
        f"{count_noun(result['images'], 'image')} as {name}; "
        "the others keep the released weight.",
        as_json,
    )
    end_strictly(reader.lines, strict)


@detection_app.command(
    rich_help_panel=DETECTING,
    epilog="Example: desra-studio regress --before results/GAN-SR --after after "
    "--mse results/MSE-SR --mask results/GT-Mask",
)
def regress(
    before: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the original GAN-SR images.")
    ],
    after: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the fine-tuned model's images.")
    ],
    mse: Annotated[Path, typer.Option(metavar="DIR", help="Folder of MSE-SR images.")],
    mask: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of manual masks: what is to be gone. Without it all that is detected.",
        ),
    ] = None,
    contrast_threshold: ContrastThreshold = DEFAULTS.contrast_threshold,
    area_threshold: AreaThreshold = DEFAULTS.area_threshold,
    area_share: AreaShare = None,
    window_size: WindowSize = DEFAULTS.window_size,
    class_maps: ClassMaps = None,
    segmentation: Segmentation = None,
    no_segmentation: NoSegmentation = False,
    class_weights: ClassWeights = DEFAULTS.class_weights,
    suffix: Suffix = None,
    strict: Strict = False,
    device: Device = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Judge what fine-tuning removed, left and added, and what changed outside the masks."""
    from desra_studio.services.proof.folders import regress_folders

    params = DetectorParams(
        contrast_threshold=contrast_threshold,
        area_threshold=area_threshold,
        area_share=area_share,
        window_size=window_size,
        class_weights=class_weights,
    )
    network = choose_segmentation(class_maps, segmentation, no_segmentation)
    settings = make_settings(device=device, data_dir=data_dir, database_url=database_url)
    classes = _open_classes(settings, params, class_maps, network)
    reader = open_reader(settings, suffix)
    with show_progress("regress") as report:
        figures = regress_folders(before, after, mse, params, classes, reader, report, mask)
    tell_notes([*figures.notes, *([classes.note] if classes.note else [])])
    print_result(asdict(figures), _render_regression(figures), as_json)
    end_strictly(reader.lines, strict)


def _render_regression(figures: "FolderRegression") -> str:
    proof = figures.proof
    lines = [
        f"{proof.removed} of {count_noun(proof.before_components, 'artifact')} gone, "
        f"{proof.fainter} fainter, "
        f"{proof.still_there} still there, {proof.added} new, by the strictest witness"
        + (f" ({proof.headline})." if proof.headline else ": none saw any.")
    ]
    lines += [
        f"{one.title}: {one.gone} of {one.seen} gone (removal rate "
        f"{show_figure(one.removal_rate)}), {one.added} new."
        for one in proof.witnesses
    ]
    controls = proof.controls
    if controls.components:
        lines.append(
            f"{controls.changed} of {controls.components} changed though they should have stayed."
        )
    lines.append(
        f"Outside the masks: detail kept {show_figure(proof.detail_kept)} (0 as MSE-SR, 1 as "
        f"GAN-SR), local variance {show_figure(proof.variance_ratio_outside)} of what it was."
    )
    return "\n".join([*lines, *figures.warnings])
