"""Running a model on a dataset or a folder; needs torch."""

import time
from pathlib import Path
from typing import Any

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.io import decode_png, encode_png, list_images, read_rgb
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.imaging.staging import stage_folder
from desra_studio.metrics.regression import compare_masks, summarize_regressions
from desra_studio.services.detections import describe_regression, detect_pair
from desra_studio.services.models import load_model, resolve_generator
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.loader import choose_device
from desra_studio.sr.upscale import upscale_image
from desra_studio.storage import datasets, models


def apply_model(
    studio: Studio, dataset_id: int, model_id: int, report: Report = ignore_progress
) -> dict[str, Any]:
    """Upscale a dataset's LR images with a model, detect, and compare with the dataset's GAN-SR.

    Returns:
        the figures of `regress` over the images that have an LR and a detection, and "model".

    Raises:
        InputError: no image has an LR of the model's scale.
    """
    with studio.database.read() as session:
        model = models.get_model(session, model_id)
        dataset = datasets.get_dataset(session, dataset_id)
        records = [
            record
            for record in datasets.list_records(session, dataset)
            if record.image.lr_sha and record.image.scale == model.scale and record.detection
        ]
    if not records:
        raise InputError(f"No image of {dataset.name} has an LR image for x{model.scale}.")
    generator = load_model(studio, model)
    device = choose_device(studio.settings.device)
    rows = []
    for index, record in enumerate(records):
        report(index, len(records), f"Upscaling {record.image.name}")
        lr = decode_png(studio.blobs.get(record.image.lr_sha or ""))
        sha = studio.blobs.put(encode_png(upscale_image(generator, lr, device)))
        with studio.database.write() as session:
            rendition = datasets.put_rendition(session, record.image.id, model.id, sha)
        if record.detection is None:
            continue
        params = DetectorParams(**record.detection.params)
        after = detect_pair(studio, rendition, record.mse, params)
        with studio.database.write() as session:
            session.add(after)
        rows.append(
            compare_masks(
                decode_mask_png(studio.blobs.get(record.detection.mask_sha)),
                decode_mask_png(studio.blobs.get(after.mask_sha)),
            )
        )
    report(len(records), len(records), "Done")
    return describe_regression(summarize_regressions(rows), len(rows)) | {"model": model.name}


def upscale_folder(
    studio: Studio, model: str, lr: Path, out: Path, report: Report = ignore_progress
) -> dict[str, Any]:
    """Upscale every image of a folder into `out/NAME.png`.

    Raises:
        InputError: nothing to upscale, or an image that cannot be read; then nothing is written.
        ModelError: the model cannot be loaded.
    """
    started = time.perf_counter()
    images = list_images(lr)
    if not images:
        raise InputError(f"{lr} holds no images.")
    if out.resolve() == lr.resolve():
        raise InputError(f"--out {out} is the folder of the LR images. Give another, to keep them.")
    generator = resolve_generator(studio, model)
    device = choose_device(studio.settings.device)
    with stage_folder(out) as staged:
        for index, (name, path) in enumerate(images.items()):
            report(index, len(images), name)
            output = upscale_image(generator, read_rgb(path).pixels, device)
            (staged / f"{name}.png").write_bytes(encode_png(output))
        report(len(images), len(images), "done")
    return {
        "images": len(images),
        "scale": generator.scale,
        "seconds": round(time.perf_counter() - started, 2),
    }
