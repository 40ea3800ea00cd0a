"""What jobs of each kind are told: written where they are started, read where they are run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from pydantic import TypeAdapter

from desra_studio.detection.detector import DetectorParams
from desra_studio.finetune.config import FinetuneConfig, rename_weights
from desra_studio.study.order import StudyOrder


@dataclass(frozen=True)
class JobConfig:
    """What a job is told; its row keeps it as JSON."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return the configuration of a job from its row; what no field is for is left out."""
        return TypeAdapter(cls).validate_python(stored)

    def as_dict(self) -> dict[str, object]:
        """Return the configuration as plain values, for the row of a job."""
        return asdict(self)


@dataclass(frozen=True)
class ImportJobConfig(JobConfig):
    """A folder to import, the name of its dataset, and how artifacts are detected in it.

    `staged` is the id of the upload that it is, where the browser sent it; `source` names that.
    `suffix` is an ending that names are matched without; `into` is the dataset that it is added to,
    where it is there already. `blind_share` of its pictures are labelled blind; None, as in jobs
    from before there was such a choice, is that of the settings. `reference` is what GAN-SR is
    compared with, as `parse_reference` reads it.
    """

    source: str
    name: str
    params: DetectorParams
    staged: str | None = None
    suffix: str = ""
    into: int | None = None
    blind_share: float | None = None
    reference: str = "mse"


@dataclass(frozen=True)
class DetectJobConfig(JobConfig):
    """A dataset to detect artifacts in."""

    dataset_id: int
    params: DetectorParams


@dataclass(frozen=True)
class UpscaleJobConfig(JobConfig):
    """A dataset of LR images, the GAN-SR model that upscales them, and how artifacts are found."""

    dataset_id: int
    model_id: int
    params: DetectorParams


@dataclass(frozen=True)
class DemoJobConfig(JobConfig):
    """A folder of LR images to import under a name, and what `UpscaleJobConfig` has."""

    source: str
    name: str
    model_id: int
    params: DetectorParams


@dataclass(frozen=True)
class CalibrateJobConfig(JobConfig):
    """A dataset to calibrate class weights on, and what they are to be called."""

    dataset_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class FinetuneJobConfig(JobConfig):
    """A fine-tuning.

    Attributes:
        dataset_id: whose images the samples are.
        training_set_id, training_set_hash: the samples, frozen.
        model_id: the generator to start from.
        samples: how many are trained on.
        held_out, held_out_share: how many are not, and the share that was asked for; 0 in jobs
            from before there was such a choice.
        feather_sigma: softens the masks' edges, in px.
        discriminator_id: the discriminator to start from; None for a fresh one, and in jobs from
            before there was such a choice.
        settings: of the training; they lie beside the others in a row.
    """

    dataset_id: int
    training_set_id: int
    training_set_hash: str
    model_id: int
    samples: int
    held_out: int = 0
    held_out_share: float = 0.0
    feather_sigma: float
    discriminator_id: int | None = None
    settings: FinetuneConfig

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return it from a job's row; a setting that was made later has its default."""
        stored = rename_weights(stored)
        names = {field.name for field in fields(FinetuneConfig)}
        settings = {name: value for name, value in stored.items() if name in names}
        return TypeAdapter(cls).validate_python({**stored, "settings": settings})

    def as_dict(self) -> dict[str, object]:
        """Return it for the row of a job, settings beside the others."""
        own = asdict(self)
        settings = own.pop("settings")
        return {**own, **settings}


@dataclass(frozen=True)
class ApplyJobConfig(JobConfig):
    """A dataset to run a fine-tuned model on, and what the training warned of."""

    dataset_id: int
    model_id: int
    warning: str = ""


@dataclass(frozen=True)
class ProveJobConfig(JobConfig):
    """A fine-tuning to prove again, by its id, and its dataset."""

    run_id: int
    dataset_id: int


@dataclass(frozen=True)
class PullJobConfig(JobConfig):
    """The name of a model of the catalog to fetch."""

    model: str


@dataclass(frozen=True, kw_only=True)
class DeriveJobConfig(JobConfig):
    """What an MSE-SR model is derived from.

    Attributes:
        model: name of the GAN-SR model.
        dataset_id: whose LR images are used; None for none.
        hr: folder of HR images; empty for none.
        max_iterations: at most.
    """

    model: str
    dataset_id: int | None
    hr: str
    max_iterations: int


@dataclass(frozen=True)
class ScoreJobConfig(JobConfig):
    """A dataset, and the detectors to run on it, as `read_params` takes them."""

    dataset_id: int
    detectors: list[dict[str, object]]


@dataclass(frozen=True)
class CurveJobConfig(JobConfig):
    """A dataset, and the detector whose curve is traced on it; None for DeSRA's."""

    dataset_id: int
    detector: dict[str, object] | None = None


@dataclass(frozen=True)
class StudyJobConfig(JobConfig):
    """A dataset, and the study to make of it."""

    dataset_id: int
    order: StudyOrder

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return it from a job's row; the order is read as one from a page is."""
        order = StudyOrder.from_dict(stored["order"])
        return TypeAdapter(cls).validate_python({**stored, "order": order})

    def as_dict(self) -> dict[str, object]:
        """Return it for the row of a job."""
        return asdict(self) | {"order": self.order.as_dict()}
