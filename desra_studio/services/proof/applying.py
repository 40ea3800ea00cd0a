"""Running another model on a dataset, and comparing with its GAN-SR; needs torch."""

from collections.abc import Iterator
from dataclasses import dataclass

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.regression import (
    Regression,
    RegressionFigures,
    compare_masks,
    describe_regression,
    summarize_regressions,
)
from desra_studio.services.detection.dataset import detect_labelled_pair
from desra_studio.services.models.running import open_runner
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, models
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.tables import Dataset, Detection, Model, Rendition


@dataclass(frozen=True)
class AppliedImage:
    """What another model made of an image, and what the detector finds before and in that.

    Attributes:
        record: the image with the outputs of its dataset's own pair.
        output: what the other model made of its LR.
        before: what the detector found in GAN-SR.
        after: what it finds in the output, with the same parameters and classes.
    """

    record: ImageRecord
    output: Rendition
    before: Detection
    after: Detection

    def compare(self, studio: Studio) -> Regression:
        """Count what is gone and what is new."""
        before, after = (
            decode_mask_png(studio.blobs.get(found.mask_sha)) for found in (self.before, self.after)
        )
        return compare_masks(before, after)


@dataclass(frozen=True, kw_only=True)
class AppliedFigures(RegressionFigures):
    """What another model changes in a dataset, over the images with an LR and a detection.

    Attributes:
        model: its name.
        notes: what had to be changed on the way.
    """

    model: str
    notes: list[str]


def apply_model(
    studio: Studio, dataset_id: int, model_id: int, report: Report = ignore_progress
) -> AppliedFigures:
    """Upscale a dataset's LR images with a model, detect, and compare with the dataset's GAN-SR.

    Both are weighted by the classes of the dataset's GAN-SR: what the picture shows is the same.

    Raises:
        InputError: no image has an LR of the model's scale.
    """
    with studio.database.read() as session:
        model = models.get_model(session, model_id)
        dataset = datasets.get_dataset(session, dataset_id)
        records = list_applicable(session, dataset, model)
    if not records:
        raise InputError(f"No image of {dataset.name} has an LR image for x{model.scale}.")
    notes: list[str] = []
    applied = run_model(studio, model, records, notes, report)
    rows = [image.compare(studio) for image in applied]
    report(len(records), len(records), "Done")
    figures = describe_regression(summarize_regressions(rows), len(rows))
    return AppliedFigures(**vars(figures), model=model.name, notes=notes)


def list_applicable(session: Session, dataset: Dataset, model: Model) -> list[ImageRecord]:
    """Return the images that a model can be run and compared on: an LR, its scale, a detection."""
    return [
        record
        for record in datasets.list_records(session, dataset)
        if record.image.lr_sha and record.image.scale == model.scale and record.detection
    ]


def run_model(
    studio: Studio, model: Model, records: list[ImageRecord], notes: list[str], report: Report
) -> Iterator[AppliedImage]:
    """Upscale images with a model, detect, and store both; yield them one by one.

    Args:
        studio: the installation.
        model: with weights.
        records: see `list_applicable`.
        notes: gets a line for what had to be changed on the way.
        report: called before each image.
    """
    runner = open_runner(studio, model, notes.append)
    for index, record in enumerate(records):
        found = record.detection
        if found is None:
            continue
        report(index, len(records), f"Upscaling {record.image.name}")
        sha = runner.store_output(studio, record.image)
        with studio.database.write() as session:
            rendition = datasets.put_rendition(session, record.image.id, model.id, sha)
        params = DetectorParams(**found.params)
        after = detect_labelled_pair(
            studio, rendition, record.mse, params, found.labels_sha, found.segmentation
        )
        with studio.database.write() as session:
            session.add(after)
        yield AppliedImage(record, rendition, found, after)
