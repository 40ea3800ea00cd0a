"""Upscaling a dataset of LR images with a pair of models; needs torch."""

from dataclasses import dataclass

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.alignment import compare_pictures
from desra_studio.imaging.io import decode_png
from desra_studio.services.detection.class_maps import NO_CLASSES, ClassSource, open_class_source
from desra_studio.services.detection.dataset import detect_pair
from desra_studio.services.models.running import open_runner
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, models
from desra_studio.storage.tables import Detection, Image, Model


@dataclass(frozen=True, kw_only=True)
class UpscaledDataset:
    """What an upscaling did.

    Attributes:
        dataset_id, name: of the dataset.
        images: in all.
        upscaled: those done now.
        marked: images in which the detector found something.
        model, partner: names of the pair.
        notes: what had to be changed on the way.
    """

    dataset_id: int
    name: str
    images: int
    upscaled: int
    marked: int
    model: str
    partner: str
    notes: list[str]


def upscale_dataset(
    studio: Studio,
    dataset_id: int,
    gan_model_id: int,
    params: DetectorParams,
    report: Report = ignore_progress,
) -> UpscaledDataset:
    """Upscale a dataset's LR images with a GAN-SR model and its partner, and detect.

    What is there already stays: a second run does only what is missing, with the thresholds of the
    first, since masks of two thresholds in one dataset would be scored as one.

    Raises:
        InputError: as `choose_pair`.
        ModelError: a model cannot be loaded or run.
        CancelledError: from `report`; what is finished stays.
    """
    gan, mse = choose_pair(studio, dataset_id, gan_model_id)
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        missing = datasets.list_incomplete_images(session, dataset)
        total = datasets.count_images(session, dataset_id)
        detected = [record.detection for record in datasets.list_records(session, dataset)]
    earlier = next((found for found in detected if found), None)
    used = DetectorParams(**earlier.params) if earlier else params
    notes = [] if used == params else [f"The thresholds of the first run were kept: {used}."]
    first = total - len(missing)
    report(first, total, f"Loading {gan.name} and {mse.name}")
    classes = _open_classes(studio, used, earlier)
    if classes.note:
        notes.append(classes.note)
    runners = [open_runner(studio, model, notes.append) for model in (gan, mse)] if missing else []
    doubts: list[str] = []
    for index, image in enumerate(missing, first):
        report(index, total, f"Upscaling {image.name}")
        outputs = [
            _find_output(studio, image, runner.model) or runner.store_output(studio, image)
            for runner in runners
        ]
        # Bound by the first image that came out: a pair that cannot run leaves no trace.
        bind_pair(studio, dataset_id, gan, mse)
        with studio.database.write() as session:
            pair = [
                datasets.put_rendition(session, image.id, runner.model.id, sha)
                for runner, sha in zip(runners, outputs, strict=True)
            ]
        if not doubts:
            doubts = _doubt_outputs(studio, image, gan, mse, outputs)
            notes += doubts
        detection = detect_pair(studio, pair[0], pair[1], used, classes)
        with studio.database.write() as session:
            session.add(detection)
    report(total, total, "Done")
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    return UpscaledDataset(
        dataset_id=dataset_id,
        name=dataset.name,
        images=total,
        upscaled=len(missing),
        marked=sum(bool(record.detection and record.detection.area_px) for record in records),
        model=gan.name,
        partner=mse.name,
        notes=notes,
    )


def choose_pair(studio: Studio, dataset_id: int, gan_model_id: int) -> tuple[Model, Model]:
    """Return the pair for a dataset of LR images, having seen that it fits; nothing is changed.

    Bound once, a dataset keeps its pair, also where the model is given another partner later.

    Raises:
        InputError: the model has no partner, the dataset has another one, or an output would be
            larger than the studio opens.
    """
    limit = studio.settings.max_megapixels
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        gan = models.get_model(session, gan_model_id)
        if dataset.gan_model_id is not None and dataset.mse_model_id is not None:
            if dataset.gan_model_id != gan.id:
                raise InputError(
                    f"{dataset.name} was upscaled with another model. Import its LR images under "
                    f"a new name to use {gan.name}."
                )
            return gan, models.get_model(session, dataset.mse_model_id)
        if gan.partner_id is None:
            raise InputError(
                f"{gan.name} has no MSE-SR partner, without which nothing can be detected. "
                "Give it one, or derive one, on the Models page."
            )
        scale = gan.scale or 1
        for image in datasets.list_images(session, dataset_id):
            megapixels = image.width * image.height * scale**2 / 1e6
            if megapixels > limit:
                raise InputError(
                    f"{image.name} is {image.width}x{image.height} px: {scale} times that are "
                    f"{megapixels:.3g} megapixels, above the limit of {limit:g}. Import it cut or "
                    "reduced, or raise DESRA_STUDIO_MAX_MEGAPIXELS."
                )
        return gan, models.get_model(session, gan.partner_id)


def bind_pair(studio: Studio, dataset_id: int, gan: Model, mse: Model) -> None:
    """Make a pair the one of a dataset, and its images' sizes those of the outputs; once."""
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        if dataset.gan_model_id is not None:
            return
        scale = gan.scale or 1
        for image in datasets.list_images(session, dataset_id):
            image.scale = scale
            image.width, image.height = image.width * scale, image.height * scale
        dataset.gan_model_id, dataset.mse_model_id = gan.id, mse.id


def _open_classes(studio: Studio, params: DetectorParams, earlier: Detection | None) -> ClassSource:
    """Open what names the classes: what did so in the first run, as its thresholds are kept."""
    if earlier and not earlier.segmentation:
        return ClassSource(None, f"{NO_CLASSES}, as in the first run.")
    classes = open_class_source(studio, params.class_weights)
    if earlier and classes.identity != earlier.segmentation:
        raise InputError(
            f"The first run named classes by {earlier.segmentation}, which is not here now. Give "
            "its folder in DESRA_STUDIO_SEGMENTATION, and start again."
        )
    return classes


def _doubt_outputs(
    studio: Studio, image: Image, gan: Model, mse: Model, outputs: list[str]
) -> list[str]:
    """Return a line per output that does not show what the LR image does, where it does."""
    lr, *made = (decode_png(studio.blobs.get(sha)) for sha in (str(image.lr_sha), *outputs))
    return [
        f"{image.name}: warning: against LR the output of {model.name} is {found.problem}"
        for model, output in zip((gan, mse), made, strict=True)
        if (found := compare_pictures(output, lr)).problem
    ]


def _find_output(studio: Studio, image: Image, model: Model) -> str | None:
    with studio.database.read() as session:
        rendition = datasets.find_rendition(session, image.id, model.id)
    return rendition.blob_sha if rendition else None
