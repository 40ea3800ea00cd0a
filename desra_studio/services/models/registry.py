"""Models with weights: adding, pairing, loading and exporting them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from desra_studio.errors import InputError, ModelError, NotFoundError
from desra_studio.imaging.staging import write_atomically
from desra_studio.services.checks import check_name
from desra_studio.services.models.networks import Network, read_network
from desra_studio.services.studio import Studio
from desra_studio.sr.catalog import BUNDLED, find_entry
from desra_studio.sr.size_rule import SizeRule
from desra_studio.storage import models
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole

if TYPE_CHECKING:
    from desra_studio.finetune.discriminator import UNetDiscriminator
    from desra_studio.sr.loader import Generator

FORMATS = ("safetensors", "pth", "onnx", "ncnn")
WEIGHT_FORMATS = ("safetensors", "pth")
"""Those that hold weights alone, of any network."""
ENDINGS = {"ncnn": "zip"}
"""Of files, where it isn't the format's own name."""
_PACKAGES = {"onnx": ("onnx", "onnxscript", "onnxruntime"), "ncnn": ("ncnn",)}
NAME_LETTERS = 150
"""Leaves room for what is appended to the names of models made from this one."""


@dataclass(frozen=True)
class ModelView:
    """A GAN-SR model as a page offers it.

    Attributes:
        id, name, architecture, scale, partner_id: as stored.
        fine_tuned: whether it came out of a job of ours.
        bundled: whether it ships with the studio.
    """

    id: int
    name: str
    architecture: str
    scale: int
    fine_tuned: bool
    bundled: bool
    partner_id: int | None

    @property
    def label(self) -> str:
        """Name with what the model is."""
        return f"{self.name} ({self.architecture}, x{self.scale})"


@dataclass(frozen=True, kw_only=True)
class ExportedModel:
    """A weight file that was written.

    Attributes:
        name: of the model.
        format: one of FORMATS.
        out: its path.
        bytes: how many.
        size_rule: which sizes of an image programs that run the file may give it; None of
            weights alone.
    """

    name: str
    format: str
    out: str
    bytes: int
    size_rule: SizeRule | None = None


def list_generators(studio: Studio) -> list[ModelView]:
    """Return the GAN-SR models that can be run and fine-tuned, newest first."""
    with studio.database.read() as session:
        return [
            ModelView(
                id=model.id,
                name=model.name,
                architecture=model.architecture or "?",
                scale=model.scale or 0,
                fine_tuned=model.parent_run_id is not None,
                bundled=model.card.get("source") == BUNDLED,
                partner_id=model.partner_id,
            )
            for model in models.list_runnable_models(session, ModelRole.GAN)
        ]


def add_model_file(
    studio: Studio,
    path: Path,
    name: str = "",
    role: str = ModelRole.GAN,
    partner: str | None = None,
) -> int:
    """Check a weight file by loading it, store it as safetensors and return the model's id.

    Args:
        studio: where to add it.
        path: a .safetensors or .pth file.
        name: the file's own where it is empty.
        role: gan, mse or discriminator.
        partner: name of the MSE-SR model that this GAN-SR model is compared with, or of the GAN-SR
            model that this MSE-SR model becomes the partner of.

    Raises:
        ModelError: not a network of this role that can be loaded safely.
        InputError: the name is taken or unfit, an unknown role, or a partner that does not fit.
        NotFoundError: no partner of this name.
    """
    if role not in list(ModelRole):
        raise InputError(f"Unknown role {role!r}. Choose one of: {', '.join(ModelRole)}.")
    name = check_name(name or path.stem, "The model's name", NAME_LETTERS)
    with studio.database.read() as session:
        if models.find_model(session, name):
            raise InputError(f"A model named {name!r} exists already. Choose another name.")
        others = [models.require_model(session, partner)] if partner else []
    network = read_network(path, ModelRole(role))
    card = {"source": path.name} | network.describe_file()
    return register_network(studio, name, ModelRole(role), network, card, others)


def register_network(
    studio: Studio,
    name: str,
    role: ModelRole,
    network: Network,
    card: Mapping[str, object],
    others: Sequence[Model] = (),
) -> int:
    """Store a network as safetensors, add its row, pair it with `others`; return its id.

    Raises:
        InputError: the name is taken, one of the others does not fit, or the disk is full.
    """
    from desra_studio.sr.loader import encode_weights

    for other in others:
        _check_pair(Model(name=name, role=role, scale=network.scale, file_sha=""), other)
    try:
        sha = studio.blobs.put(encode_weights(network.weights))
    except OSError as error:
        raise InputError(
            f"{name} cannot be stored in {studio.blobs.root}: {error.strerror}. Free some space "
            "and try again."
        ) from error
    with studio.database.write() as session:
        model = models.add_model(
            session,
            name,
            role,
            architecture=network.architecture,
            scale=network.scale,
            file_sha=sha,
            card=dict(card),
        )
        for other in others:
            _pair(model, models.get_model(session, other.id))
        return model.id


def set_partner(studio: Studio, gan_id: int, mse_id: int) -> None:
    """Make an MSE-SR model the one that a GAN-SR model is compared with.

    Raises:
        InputError: the roles are others, the scales differ, or one has no weights here.
        NotFoundError: one of them is gone.
    """
    with studio.database.write() as session:
        gan, mse = models.get_model(session, gan_id), models.get_model(session, mse_id)
        if gan.role != ModelRole.GAN:
            raise InputError(f"{gan.name} is no GAN-SR model. Choose a GAN-SR model first.")
        _pair(gan, mse)


def load_model(studio: Studio, model: Model) -> "Generator":
    """Build the network of a stored model.

    Raises:
        ModelError: a discriminator, or only the model's outputs were imported, not its weights.
    """
    from desra_studio.sr.loader import build_generator, parse_weights

    if model.role is ModelRole.DISCRIMINATOR:
        raise ModelError(f"{model.name} is a discriminator, not a generator. Give another.")
    return build_generator(parse_weights(_get_weights(studio, model), model.name), model.name)


def resolve_discriminator(studio: Studio, name_or_file: str) -> "UNetDiscriminator":
    """Load a discriminator by file, or by the name of a stored model.

    Raises:
        NotFoundError: neither a file nor a model of this name.
        ModelError: see `load_discriminator`.
    """
    from desra_studio.finetune.discriminator import load_discriminator

    path = Path(name_or_file)
    return (
        load_discriminator(path)
        if path.is_file()
        else load_stored_discriminator(studio, _find_named(studio, name_or_file))
    )


def load_stored_discriminator(studio: Studio, model: Model) -> "UNetDiscriminator":
    """Build the network of a stored discriminator; ModelError where the model is none."""
    from desra_studio.finetune.discriminator import build_discriminator
    from desra_studio.sr.loader import parse_weights

    return build_discriminator(parse_weights(_get_weights(studio, model), model.name), model.name)


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
    return load_model(studio, _find_named(studio, name_or_file))


def _find_named(studio: Studio, name: str) -> Model:
    with studio.database.read() as session:
        model = models.find_model(session, name)
    if model is None:
        way = " Run: desra-studio models " + (f"pull {name}" if find_entry(name) else "list")
        raise NotFoundError(f"{name!r} is neither a weight file nor a model's name.{way}")
    return model


def encode_model(studio: Studio, model_id: int, form: str) -> bytes:
    """Return a model's weights as a file of one of FORMATS.

    Args:
        studio: where it is.
        model_id: of the model.
        form: one of FORMATS, or the ending of its files.

    Raises:
        InputError: unknown format.
        NotFoundError: no such model.
        ModelError: no weights here, or the network cannot be exported in this format.
    """
    form = next((known for known, ending in ENDINGS.items() if ending == form), form)
    _check_format(form)
    with studio.database.read() as session:
        model = models.get_model(session, model_id)
    return _encode(studio, model, form)[0]


def list_export_forms() -> list[str]:
    """Return those of FORMATS that can be written here: some need packages of their own."""
    return [form for form in FORMATS if all(find_spec(name) for name in _PACKAGES.get(form, ()))]


def export_model(studio: Studio, name: str, form: str, out: Path) -> ExportedModel:
    """Write a model's weights to a new file, whole or not at all, and return what was written.

    Raises:
        InputError: unknown format, or `out` exists or cannot be written.
        NotFoundError: no such model.
        ModelError: no weights here, or the network cannot be exported in this format.
    """
    _check_format(form)
    if out.exists():
        raise InputError(f"{out} exists already. Give a new .{ENDINGS.get(form, form)} file.")
    with studio.database.read() as session:
        model = models.require_model(session, name)
    data, rule = _encode(studio, model, form)
    try:
        write_atomically(out, data)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    return ExportedModel(name=name, format=form, out=str(out), bytes=len(data), size_rule=rule)


def _encode(studio: Studio, model: Model, form: str) -> tuple[bytes, SizeRule | None]:
    data = _get_weights(studio, model)
    if form == "pth":
        from desra_studio.sr.export import encode_pth
        from desra_studio.sr.loader import parse_weights

        weights = parse_weights(data, model.name)
        # Real-ESRGAN's scripts read a discriminator's from `params`.
        is_judge = model.role is ModelRole.DISCRIMINATOR
        return encode_pth(weights, weights if is_judge else None), None
    if form == "onnx":
        from desra_studio.sr.export import export_onnx

        generator = load_model(studio, model)
        with TemporaryDirectory() as folder:
            made = Path(folder) / "model.onnx"
            export_onnx(generator, made)
            return made.read_bytes(), generator.size_rule
    if form == "ncnn":
        from desra_studio.sr.ncnn_export import encode_ncnn

        generator = load_model(studio, model)
        return encode_ncnn(generator, model.name), generator.size_rule
    return data, None


def _check_format(form: str) -> None:
    if form not in FORMATS:
        raise InputError(f"Unknown format {form!r}. Choose one of: {', '.join(FORMATS)}.")


def _get_weights(studio: Studio, model: Model) -> bytes:
    if model.file_sha is None:
        raise ModelError(f"{model.name} has no weights here. Add its weight file first.")
    return studio.blobs.get(model.file_sha)


def _check_pair(one: Model, other: Model) -> None:
    for model in (one, other):
        if model.role is ModelRole.DISCRIMINATOR:
            raise InputError(f"{model.name} is a discriminator, which has no partner.")
    if one.role == other.role:
        raise InputError(
            f"{one.name} and {other.name} are both of role {one.role}. A GAN-SR model's partner is "
            "of role mse."
        )
    for model in (one, other):
        if model.file_sha is None:
            raise InputError(f"{model.name} has no weights here. Add its weight file first.")
    if one.scale != other.scale:
        raise InputError(
            f"{one.name} is x{one.scale} but {other.name} is x{other.scale}. Partners have the "
            "same scale."
        )


def _pair(one: Model, other: Model) -> None:
    _check_pair(one, other)
    gan, mse = (one, other) if one.role == ModelRole.GAN else (other, one)
    gan.partner_id = mse.id
