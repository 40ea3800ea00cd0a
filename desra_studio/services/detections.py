"""Running the detector over datasets and over folders."""

import time
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.detection.detector import Detection, detect_artifacts
from desra_studio.detection.detector import DetectorParams as DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.io import decode_png, list_images, read_label_map, read_rgb
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.imaging.staging import stage_folder
from desra_studio.metrics.regression import Regression, compare_masks, summarize_regressions
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets
from desra_studio.storage.tables import Detection as DetectionRow
from desra_studio.storage.tables import Rendition


@dataclass(frozen=True)
class DetectedImage:
    """One line of what `detect` prints."""

    name: str
    components: int
    area_px: int
    score: float
    seconds: float


def detect_dataset(
    studio: Studio, dataset_id: int, params: DetectorParams, report: Report = ignore_progress
) -> int:
    """Detect on every pair of a dataset and return how many images have artifacts.

    Labels are not touched: a reviewer's mask stays what it is.

    Raises:
        InputError: nothing is upscaled yet.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    if not records:
        raise InputError("No image of this dataset is upscaled yet. Upscale it first.")
    rows = []
    for index, record in enumerate(records):
        report(index, len(records), f"Detecting in {record.image.name}")
        rows.append(detect_pair(studio, record.gan, record.mse, params))
    report(len(records), len(records), "Writing the detections")
    # All or none: masks of two thresholds in one dataset would be scored as one.
    with studio.database.write() as session:
        session.add_all(rows)
    return sum(row.area_px > 0 for row in rows)


def detect_pair(
    studio: Studio, gan: Rendition, mse: Rendition, params: DetectorParams
) -> DetectionRow:
    """Detect on two stored renditions, store map and mask, and return the row to be written."""
    detection = detect_artifacts(
        decode_png(studio.blobs.get(gan.blob_sha)),
        decode_png(studio.blobs.get(mse.blob_sha)),
        params,
    )
    return DetectionRow(
        image_id=gan.image_id,
        gan_rendition_id=gan.id,
        mse_rendition_id=mse.id,
        params=params.as_dict(),
        map_sha=studio.blobs.put(_encode_map(detection)),
        mask_sha=studio.blobs.put(encode_mask_png(detection.mask)),
        regions=[asdict(region) for region in detection.regions],
        area_px=int(np.count_nonzero(detection.mask)),
        score=detection.score,
    )


def detect_folders(
    gan: Path,
    mse: Path,
    out: Path,
    params: DetectorParams,
    class_maps: Path | None = None,
    save_maps: bool = False,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Detect on two folders matched by name; write `mask/NAME.png` and, if asked, `map/NAME.npz`.

    Returns:
        {"images": [{"name", "components", "area_px", "score", "seconds"}], "seconds"}.

    Raises:
        InputError: files that do not match, fit or open; then nothing is written.
    """
    started = time.perf_counter()
    images: list[DetectedImage] = []
    with stage_folder(out) as staged:
        (staged / "mask").mkdir()
        if save_maps:
            (staged / "map").mkdir()
        pairs = match_folders({"--gan": gan, "--mse": mse})
        maps = match_class_maps(class_maps, pairs) if class_maps else {}
        for index, (name, paths) in enumerate(pairs.items()):
            report(index, len(pairs), name)
            begun = time.perf_counter()
            detection = detect_files(paths["--gan"], paths["--mse"], params, maps.get(name))
            (staged / "mask" / f"{name}.png").write_bytes(encode_mask_png(detection.mask))
            if save_maps:
                np.savez_compressed(staged / "map" / f"{name}.npz", D=detection.artifact_map)
            images.append(
                DetectedImage(
                    name,
                    len(detection.regions),
                    int(np.count_nonzero(detection.mask)),
                    detection.score,
                    round(time.perf_counter() - begun, 4),
                )
            )
        report(len(pairs), len(pairs), "done")
    return {
        "images": [asdict(image) for image in images],
        "seconds": round(time.perf_counter() - started, 4),
    }


def regress_folders(
    before: Path,
    after: Path,
    mse: Path,
    params: DetectorParams,
    class_maps: Path | None = None,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Compare what the detector finds in two folders of GAN-SR images, before and after.

    Raises:
        InputError: files that do not match, fit or open.
    """
    triplets = match_folders({"--before": before, "--after": after, "--mse": mse})
    maps = match_class_maps(class_maps, triplets) if class_maps else {}
    rows = []
    for index, (name, paths) in enumerate(triplets.items()):
        report(index, len(triplets), name)
        masks = [
            detect_files(paths[side], paths["--mse"], params, maps.get(name)).mask
            for side in ("--before", "--after")
        ]
        rows.append(compare_masks(masks[0], masks[1]))
    report(len(triplets), len(triplets), "done")
    return describe_regression(summarize_regressions(rows), len(rows))


def describe_regression(regression: Regression, images: int) -> dict[str, Any]:
    """Return a regression's figures as plain values, for JSON and the page."""
    return {
        "removal_rate": regression.removal_rate,
        "addition_rate": regression.addition_rate,
        "before_components": regression.before_components,
        "removed": regression.removed,
        "remaining": regression.remaining,
        "added": regression.added,
        "images": images,
    }


def detect_files(
    gan: Path, mse: Path, params: DetectorParams, class_map: Path | None = None
) -> Detection:
    """Detect on two image files; an InputError names the file."""
    gan_sr, mse_sr = read_rgb(gan).pixels, read_rgb(mse).pixels
    labels = read_label_map(class_map) if class_map else None
    try:
        return detect_artifacts(gan_sr, mse_sr, params, labels)
    except InputError as error:
        raise InputError(f"{gan.name}: {error}") from error


def match_folders(folders: dict[str, Path]) -> dict[str, dict[str, Path]]:
    """Match images of several folders by name without ending: name -> option -> path.

    Raises:
        InputError: an image that one folder has and another lacks, or nothing at all.
    """
    listed = {option: list_images(folder) for option, folder in folders.items()}
    names = sorted(set().union(*listed.values()))
    if not names:
        raise InputError(f"{' and '.join(map(str, folders.values()))} hold no images.")
    for option, paths in listed.items():
        missing = [name for name in names if name not in paths]
        if missing:
            raise InputError(
                f"{option} {folders[option]} has no image named {', '.join(missing[:5])}"
                f"{' and more' if len(missing) > 5 else ''}. Every folder needs the same names."
            )
    return {name: {option: paths[name] for option, paths in listed.items()} for name in names}


def match_class_maps(folder: Path, images: dict[str, dict[str, Path]]) -> dict[str, Path]:
    """Return the class map of every image; InputError where one is missing."""
    maps = list_images(folder)
    missing = [name for name in images if name not in maps]
    if missing:
        raise InputError(f"--class-maps {folder} has no map named {', '.join(missing[:5])}.")
    return maps


def _encode_map(detection: Detection) -> bytes:
    """Keep D exactly, as float32 .npy: thresholds moved later must give the detector's masks."""
    buffer = BytesIO()
    np.save(buffer, detection.artifact_map)
    return buffer.getvalue()
