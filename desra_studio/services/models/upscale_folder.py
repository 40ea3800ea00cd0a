"""Running a model on a folder of images; needs torch."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.staging import write_atomically
from desra_studio.services.folders import FolderReader, check_any
from desra_studio.services.models.registry import resolve_generator
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.loader import Generator, choose_device, encode_weights
from desra_studio.sr.upscale import Upscaler

RECORD_NAME = ".upscaled.json"


class _Record:
    """What OUT holds already: which model made it, and from which LR each image came."""

    def __init__(self, out: Path, model_sha: str) -> None:
        self.path, self.model_sha = out / RECORD_NAME, model_sha
        self.sources: dict[str, str] = {}
        if out.exists() and not out.is_dir():
            raise InputError(f"--out {out} is a file. Give a folder to write into.")
        if self.path.is_file():
            self._read(out)
        elif out.is_dir() and any(path.name[0] != "." for path in out.iterdir()):
            raise InputError(
                f"--out {out} is not empty, and `upscale` did not make what is in it. Give a new "
                "folder."
            )

    def _read(self, out: Path) -> None:
        try:
            stored = json.loads(self.path.read_text())
            model_sha, self.sources = stored["model"], dict(stored["sources"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{self.path} is damaged ({error}). Give a new folder with --out."
            ) from error
        if model_sha != self.model_sha:
            raise InputError(f"--out {out} holds the outputs of another model. Give a new folder.")

    def add(self, name: str, source_sha: str) -> None:
        """Note one image as done."""
        self.sources[name] = source_sha
        self.write()

    def write(self) -> None:
        """Write what is noted; first before any image, so that OUT is known as ours."""
        text = json.dumps({"model": self.model_sha, "sources": self.sources}, indent=1)
        write_atomically(self.path, text.encode())


@dataclass(frozen=True, kw_only=True)
class UpscaledFolder:
    """What became of a folder.

    Attributes:
        images: in all.
        upscaled: those done now.
        left_out: those that could not be read.
        scale: output size over input size.
        seconds: that it took.
        notes: a line per file that was left out or converted, and what had to be changed.
    """

    images: int
    upscaled: int
    left_out: int
    scale: int
    seconds: float
    notes: list[str]


def upscale_folder(
    studio: Studio,
    model: str,
    lr: Path,
    out: Path,
    tile: int | None = None,
    report: Report = ignore_progress,
    reader: FolderReader | None = None,
) -> UpscaledFolder:
    """Upscale every image of a folder into `out/NAME.png`; what is done already is kept.

    Args:
        studio: the installation.
        model: name of a model, or a weight file.
        lr: folder of LR images.
        out: folder of a former run of the same model, or a new one.
        tile: side of a tile in LR px; None chooses, 0 runs whole images.
        report: told of each image.
        reader: of the files, by the studio's settings where it is None.

    Raises:
        InputError: no image could be used, or `out` has other things in it.
        ModelError: the model cannot be loaded or run.
    """
    started = time.perf_counter()
    reader = reader or FolderReader(studio.settings.max_megapixels)
    images = reader.list_images(lr, [out])
    if not images:
        raise InputError(f"{lr} holds no images.")
    if out.resolve() == lr.resolve():
        raise InputError(f"--out {out} is the folder of the LR images. Give another, to keep them.")
    generator = resolve_generator(studio, model)
    record = _Record(out, _hash_weights(generator))
    notes: list[str] = []
    device = choose_device(studio.settings.device)
    upscaler = Upscaler(generator, device, tile=tile, tell=notes.append)
    done = 0
    try:
        record.write()
    except OSError as error:
        raise InputError(f"--out {out} cannot be written to: {error.strerror}.") from error
    faults: list[str] = []
    for index, (name, path) in enumerate(images.items()):
        report(index, len(images), name)
        try:
            source_sha = hashlib.sha256(path.read_bytes()).hexdigest()
            target = out / f"{name}.png"
            if record.sources.get(name) == source_sha and target.is_file():
                continue
            pixels = reader.read_rgb(path)
        except InputError as error:
            faults.append(reader.note_fault(name, error))
            continue
        except OSError as error:
            faults.append(reader.note_fault(name, InputError(f"{error.strerror}.")))
            continue
        output = upscaler.upscale(pixels)
        try:
            write_atomically(target, encode_png(output))
            record.add(name, source_sha)
        except OSError as error:
            raise InputError(f"{target} cannot be written: {error.strerror}.") from error
        done += 1
    check_any(list(record.sources), faults)
    report(len(images), len(images), "done")
    return UpscaledFolder(
        images=len(images),
        upscaled=done,
        left_out=len(faults),
        scale=generator.scale,
        seconds=round(time.perf_counter() - started, 2),
        notes=[*reader.lines, *notes],
    )


def _hash_weights(generator: Generator) -> str:
    return hashlib.sha256(encode_weights(generator.module.state_dict())).hexdigest()
