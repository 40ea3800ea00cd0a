"""Reading the outputs of one model, or of several that lie side by side."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from desra_studio.services.datasets.model_folders import FoundLayouts
from desra_studio.services.datasets.reading import Importer, Sample
from desra_studio.services.file_notes import spell_line
from desra_studio.services.studio import Report, Studio

TOLD_NAMES = 5


@dataclass(frozen=True)
class ReadModel:
    """What was read and stored of a model's folder; one image or more."""

    model: str
    folder: Path
    samples: list[Sample]


@dataclass(frozen=True)
class ReadModels:
    """The models of which an image could be read, and a line per thing that is not as it should be.

    Where there are several, a line on a file has its model's folder, too.
    """

    models: list[ReadModel] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def read_models(studio: Studio, found: FoundLayouts, report: Report) -> ReadModels:
    """Read and store all images of the layouts that were found; CancelledError from `report`."""
    reading = ReadModels()
    total = sum(len(each.layout.names) for each in found.models)
    before = 0
    for each in found.models:
        importer = Importer(studio, each.folder if each.model else None)
        samples = importer.read_layout(each.layout, shift_report(report, before, total, each.model))
        before += len(each.layout.names)
        reading.lines.extend(importer.lines)
        if samples:
            reading.models.append(ReadModel(each.model, each.folder, samples))
        elif each.model:
            why = "left out, none of its images could be imported"
            reading.lines.append(spell_line(each.folder, why))
    reading.lines.extend(
        spell_line(path, f"left out, {reason}") for path, reason in found.others.items()
    )
    reading.lines.extend([*_tell_missing(reading.models), *_tell_scales(reading.models)])
    return reading


def shift_report(report: Report, before: int, total: int, model: str) -> Report:
    """Return a report on one of several models, for the progress of all of them.

    Args:
        report: on all.
        before: how much was done before this model.
        total: of all.
        model: its name, which comes before what is told; "" where it is alone.
    """
    return lambda done, _, message: report(
        before + done, total, f"{model}: {message}" if model else message
    )


def _tell_missing(models: list[ReadModel]) -> list[str]:
    """Name the images that a model lacks and another has: they cannot be compared."""
    named = {each.model: {sample.name for sample in each.samples} for each in models}
    everything = set().union(*named.values())
    lines = []
    for model, names in named.items():
        missing = sorted(everything - names)
        if not missing:
            continue
        told = ", ".join(missing[:TOLD_NAMES]) + (" ..." if len(missing) > TOLD_NAMES else "")
        count = "1 image" if len(missing) == 1 else f"{len(missing)} images"
        verb = "is" if len(missing) == 1 else "are"
        lines.append(f"{model}: {count} that other models have {verb} missing: {told}")
    return lines


def _tell_scales(models: list[ReadModel]) -> list[str]:
    """Say by how much each model enlarges, where that differs."""
    scales = {
        each.model: Counter(sample.scale for sample in each.samples if sample.scale)
        for each in models
    }
    usual = {model: counted.most_common(1)[0][0] for model, counted in scales.items() if counted}
    if len(set(usual.values())) < 2:
        return []
    told = ", ".join(f"{model} {scale} times" for model, scale in usual.items())
    return [f"The models enlarge differently: {told}"]
