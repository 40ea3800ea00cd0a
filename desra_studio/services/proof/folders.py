"""Comparing what the detector finds in two folders of GAN-SR images, before and after."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.imaging.io import read_rgb
from desra_studio.metrics.regression import (
    Regression,
    RegressionFigures,
    compare_masks,
    describe_regression,
    summarize_regressions,
)
from desra_studio.services.detection.folders import FolderClasses, naming
from desra_studio.services.folders import match_folders, run_parallel
from desra_studio.services.studio import Report, ignore_progress


@dataclass(frozen=True, kw_only=True)
class FolderRegression(RegressionFigures):
    """What changed between two folders; `classes` tells what weighed the maps."""

    classes: dict[str, object]


def regress_folders(
    before: Path,
    after: Path,
    mse: Path,
    params: DetectorParams,
    classes: FolderClasses,
    report: Report = ignore_progress,
) -> FolderRegression:
    """Compare what the detector finds in two folders of GAN-SR images, before and after.

    Both are weighted by the classes of the image before: what the picture shows is the same.

    Raises:
        InputError: files that do not match, fit or open.
    """
    triplets = match_folders({"--before": before, "--after": after, "--mse": mse})
    classes.check(triplets)
    weights = classes.read_weights()

    def compare_one(name: str) -> Regression:
        first, second, mse_sr = (read_rgb(path).pixels for path in triplets[name].values())
        labels = classes.label(name, first)
        with naming(name):
            masks = [
                detect_artifacts(image, mse_sr, params, labels, weights).mask
                for image in (first, second)
            ]
        return compare_masks(masks[0], masks[1])

    rows = run_parallel(compare_one, list(triplets), report)
    figures = describe_regression(summarize_regressions(rows), len(rows))
    return FolderRegression(**vars(figures), classes=classes.describe(params))
