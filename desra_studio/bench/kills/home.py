"""A small data directory in which people have worked: each kill has a copy of it."""

from pathlib import Path

import numpy as np

from desra_studio.config import Settings
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import NotFoundError
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.review.regions import label_region
from desra_studio.services.studies import voting
from desra_studio.services.studies.lifecycle import create_study, describe_choices, open_study
from desra_studio.services.studies.links import make_links
from desra_studio.services.studio import Studio, open_studio
from desra_studio.storage.region_label import RegionLabel
from desra_studio.study.order import StudyOrder
from desra_studio.vocabulary import State

DATASET, STUDY = "labelled", "voted"
PAIRS = 6
SIDE_PX, SCALE = 192, 4
NOISY = (slice(48, 112), slice(40, 120))
"""Where GAN-SR has its artifact."""
INSIDE = (80, 80)
"""x and y of a point in it."""
DETECTOR = DetectorParams(area_threshold=400)
VOTES = 6


def make_settings(data_dir: Path) -> Settings:
    """Return settings that no environment changes, with nothing to be fetched."""
    return Settings(
        data_dir=data_dir, database_url="", device="cpu", segmentation="none", blind_share=0
    )


def make_home(data_dir: Path, source: Path) -> None:
    """Import a dataset, label all of it, and vote in a study of it.

    Args:
        data_dir: made, and filled.
        source: folder for the images.
    """
    write_pairs(source, PAIRS)
    studio = open_studio(make_settings(data_dir))
    dataset_id = import_dataset(studio, source, DATASET).dataset_id
    detect_dataset(studio, dataset_id, DETECTOR)
    _accept_all(studio, dataset_id)
    _vote(studio, create_study(studio, dataset_id, order_study(studio, dataset_id, STUDY)))
    studio.database.close()


def write_pairs(folder: Path, count: int) -> None:
    """Write pairs in DeSRA's layout with LR; each GAN-SR has an artifact of its own."""
    ramp = np.linspace(60, 180, SIDE_PX)
    for number in range(count):
        random = np.random.default_rng(number)
        mse = np.add.outer(ramp, random.permutation(ramp) / 8)[:, :, None].repeat(3, 2)
        gan = mse.copy()
        gan[NOISY] += random.normal(0, 40, gan[NOISY].shape)
        pictures = {"GAN-SR": gan, "MSE-SR": mse, "LR": mse[::SCALE, ::SCALE]}
        for name, values in pictures.items():
            pixels = np.ascontiguousarray(values.clip(0, 255).astype(np.uint8))
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / f"{number}.png").write_bytes(encode_png(pixels))


def order_study(
    studio: Studio, dataset_id: int, name: str, training: int = 0, check_share: float = 0
) -> StudyOrder:
    """Order a comparison of the two systems of a dataset that takes no time to vote in."""
    systems = describe_choices(studio, dataset_id).systems
    return StudyOrder(
        name=name,
        systems=tuple(system.id for system in systems),
        questions=("Which has fewer artifacts?",),
        window_px=64,
        controls=1,
        training=training,
        check_share=check_share,
        min_seconds=0.0,
    )


def _accept_all(studio: Studio, dataset_id: int) -> None:
    for item in read_page(studio, make_filter(dataset_id)).items:
        document = describe_image(studio, item.id)
        if document.detection is None:
            continue
        mask = load_detected_mask(studio, document.detection.id)
        saved = save_mask(studio, item.id, mask, document.version)
        judge_image(studio, item.id, State.ACCEPTED, saved.version)
        label_region(studio, item.id, RegionLabel(*INSIDE, kind="blotch", severity=2))


def _vote(studio: Studio, study_id: int) -> None:
    (link,) = make_links(studio, study_id, ["voter"])
    open_study(studio, study_id)
    trial = voting.begin_session(studio, link, {}).trial
    for _ in range(VOTES):
        if trial is None:
            raise NotFoundError(f"The study {STUDY} has fewer trials than {VOTES}.")
        nonce = voting.mark_shown(studio, link, trial.code).nonce
        trial = voting.cast_vote(studio, link, trial.code, "left", nonce).next.trial
