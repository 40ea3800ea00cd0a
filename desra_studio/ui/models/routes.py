"""The routes behind the Models page: adding, pulling, pairing and deriving."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.errors import InputError
from desra_studio.finetune.config import DeriveConfig
from desra_studio.services import jobs
from desra_studio.services.checks import check_name
from desra_studio.services.job_configs import DeriveJobConfig, PullJobConfig
from desra_studio.services.models import registry
from desra_studio.services.models.listing import describe_model, list_models
from desra_studio.services.places import resolve_folder
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import save_body

UPLOAD_NAME_LETTERS = 100


class Pull(BaseModel):
    """The name of a model that can be pulled."""

    model: str


class Pairing(BaseModel):
    """A GAN-SR model by name, and the MSE-SR model that it is compared with."""

    model: str
    partner: int | None


class DeriveOrder(BaseModel):
    """What a partner is derived from: a model, and a dataset's LR images or a folder of HR ones."""

    model: str
    dataset: int | None = None
    hr: str = ""
    iterations: float | None = None

    def read(self, studio: Studio) -> DeriveJobConfig:
        """Return the configuration of a `derive` job.

        Raises:
            InputError: no images to train on, no such folder, or less than one iteration.
        """
        folder = resolve_folder(studio.settings, self.hr) if self.hr.strip() else None
        if self.dataset is None and folder is None:
            raise InputError("Choose a dataset with LR images, or give a folder of HR images.")
        if folder and not folder.is_dir():
            raise InputError(f"{folder} is not a folder. Give one of HR images.")
        settings = DeriveConfig(max_iterations=int(self.iterations or 0))
        return DeriveJobConfig(
            model=self.model,
            dataset_id=self.dataset,
            hr=str(folder) if folder else "",
            max_iterations=settings.max_iterations,
        )


def add_model_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.post("/api/models", status_code=201)
    async def add_model(request: Request, name: str, role: str = "gan") -> dict[str, int | str]:
        name = check_name(name, "The file's name", UPLOAD_NAME_LETTERS)
        if name == ".." or Path(name).name != name:
            raise InputError(
                f"{name[:UPLOAD_NAME_LETTERS]!r} cannot be the name of a file. Rename it to at "
                f"most {UPLOAD_NAME_LETTERS} letters, without slashes."
            )
        with TemporaryDirectory(dir=studio.settings.data_dir, prefix="upload-") as folder:
            path, limit = Path(folder) / name, studio.settings.max_upload_mb * 10**6
            await save_body(request, path, limit, name)
            model = await run_in_threadpool(registry.add_model_file, studio, path, role=role)
        return {"model": model, "name": describe_model(studio, model).name}

    @router.post("/api/models/pull", status_code=202)
    def start_pull(pull: Pull) -> dict[str, int]:
        return {"job": jobs.start_job(studio, "pull", PullJobConfig(pull.model).as_dict())}

    @router.post("/api/models/derive", status_code=202)
    def start_derive(order: DeriveOrder) -> dict[str, int]:
        return {"job": jobs.start_job(studio, "derive", order.read(studio).as_dict())}

    @router.post("/api/models/pair")
    def set_partner(pairing: Pairing) -> dict[str, int]:
        listed = list_models(studio)
        model = next((found.id for found in listed if found.name == pairing.model), None)
        if model is None or pairing.partner is None:
            raise InputError("Choose an MSE-SR model, or derive or add one first.")
        registry.set_partner(studio, model, pairing.partner)
        return {"model": model}
