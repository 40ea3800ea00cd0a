"""Models with weights: adding, listing and loading them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desra_studio.errors import ModelError, NotFoundError
from desra_studio.services.studio import Studio
from desra_studio.storage import models
from desra_studio.storage.tables import Model, ModelRole

if TYPE_CHECKING:
    from desra_studio.sr.loader import Generator


@dataclass(frozen=True)
class ModelView:
    """A model as a page shows it; `fine_tuned` where it came out of a job of ours."""

    id: int
    name: str
    architecture: str
    scale: int
    fine_tuned: bool

    @property
    def label(self) -> str:
        """Name with what the model is."""
        return f"{self.name} ({self.architecture}, x{self.scale})"


def list_generators(studio: Studio) -> list[ModelView]:
    """Return the models that can be run and fine-tuned, newest first."""
    with studio.database.read() as session:
        return [
            ModelView(
                id=model.id,
                name=model.name,
                architecture=model.architecture or "?",
                scale=model.scale or 0,
                fine_tuned=model.parent_run_id is not None,
            )
            for model in models.list_runnable_models(session)
        ]


def add_model_file(studio: Studio, path: Path, name: str = "") -> int:
    """Check a weight file by loading it, store it as safetensors and return the model's id.

    Raises:
        ModelError: not a generator that can be loaded safely.
        InputError: the name is taken.
    """
    from desra_studio.sr.loader import encode_weights, load_generator

    generator = load_generator(path)
    sha = studio.blobs.put(encode_weights(generator.module.state_dict()))
    with studio.database.write() as session:
        return models.add_model(
            session,
            name or path.stem,
            ModelRole.GAN,
            architecture=generator.architecture,
            scale=generator.scale,
            file_sha=sha,
        ).id


def load_model(studio: Studio, model: Model) -> "Generator":
    """Build the network of a stored model.

    Raises:
        ModelError: only the model's outputs were imported, not its weights.
    """
    from desra_studio.sr.loader import build_generator, parse_weights

    if model.file_sha is None:
        raise ModelError(f"{model.name} has no weights here. Add its weight file first.")
    return build_generator(parse_weights(studio.blobs.get(model.file_sha), model.name), model.name)


def resolve_generator(studio: Studio, name_or_file: str) -> "Generator":
    """Load a generator by file, or by the name of a stored model.

    Raises:
        NotFoundError: neither a file nor a model of this name.
        ModelError: see `load_generator`.
    """
    from desra_studio.sr.loader import load_generator

    path = Path(name_or_file)
    if path.is_file():
        return load_generator(path)
    with studio.database.read() as session:
        model = models.find_model(session, name_or_file)
    if model is None:
        raise NotFoundError(f"{name_or_file!r} is neither a weight file nor a model's name.")
    return load_model(studio, model)
