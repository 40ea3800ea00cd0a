"""The demo dataset: sample images through the real pipeline with the bundled pair."""

from desra_studio.assets_folder import find_assets
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.services.bundled import BUNDLED
from desra_studio.services.job_configs import DemoJobConfig
from desra_studio.services.jobs import find_active_job, start_job
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models

DEMO_NAME = "Demo"
BUNDLED_GAN = next(entry.name for entry in BUNDLED if entry.partner)
DEMO_PARAMS = DetectorParams(area_threshold=400)
"""The area threshold that suits outputs of about 800 px; 4000 was chosen for larger ones."""


def start_demo(studio: Studio) -> int:
    """Start the job that imports, upscales and detects the sample images; return its id.

    Raises:
        InputError: it is there or on its way already, or this installation came without it.
    """
    if find_active_job(studio, "demo"):
        raise InputError("The demo dataset is being made already.")
    samples = find_assets() / "samples"
    with studio.database.read() as session:
        model = models.find_model(session, BUNDLED_GAN)
        if datasets.find_dataset(session, DEMO_NAME):
            raise InputError(f"The dataset {DEMO_NAME} is there already. Choose it above.")
    if model is None or not samples.is_dir():
        raise InputError(
            f"The sample images or the bundled models are missing from {samples.parent}. Install "
            "desra-studio again, or import a folder of your own."
        )
    config = DemoJobConfig(str(samples), DEMO_NAME, model.id, DEMO_PARAMS)
    return start_job(studio, "demo", config.as_dict())
