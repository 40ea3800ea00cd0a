"""Comparing two folders of GAN-SR images, before and after fine-tuning, as a proof does."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.arrays import Mask, RgbImage, size_of
from desra_studio.metrics.mask_metrics import score_image
from desra_studio.metrics.outside import (
    OutsideSums,
    mark_outside,
    measure_outside,
    summarize_outside,
)
from desra_studio.metrics.regression import (
    Regression,
    RegressionFigures,
    compare_masks,
    describe_regression,
    summarize_regressions,
)
from desra_studio.services.datasets.layout import fit_label
from desra_studio.services.detection.folders import FolderClasses
from desra_studio.services.detection.judging import Case, JudgedOutput
from desra_studio.services.detection.witnesses import TRAINED_ON_BY_CONTRAST, WITNESSES, Scene
from desra_studio.services.finetune.bounds import find_warnings
from desra_studio.services.folders import FolderReader, naming
from desra_studio.services.proof.figures import (
    ProofFigures,
    rank_all,
    sort_components,
    summarize_proof,
)
from desra_studio.services.studio import Report, ignore_progress


@dataclass(frozen=True, kw_only=True)
class FolderRegression(RegressionFigures):
    """What changed between two folders.

    Attributes:
        before_components, removed, remaining, added, removal_rate, addition_rate: by the detector
            alone, as DeSRA counts them.
        proof: the figures that a proof would tell: of accepted components, by all witnesses.
        warnings: a sentence for each bound of a proof that is passed.
        classes: what weighed the maps.
        notes: a line per file that was left out or converted.
    """

    proof: ProofFigures
    warnings: list[str]
    classes: dict[str, object]
    notes: list[str]


@dataclass(frozen=True)
class _Compared:
    """What one image shows: by the detector alone, by all witnesses, and outside the masks."""

    regression: Regression
    judged: JudgedOutput
    outside: OutsideSums
    ious: tuple[float, float] | None


def regress_folders(
    before: Path,
    after: Path,
    mse: Path,
    params: DetectorParams,
    classes: FolderClasses,
    reader: FolderReader,
    report: Report = ignore_progress,
    mask: Path | None = None,
) -> FolderRegression:
    """Compare two folders of GAN-SR images, before and after fine-tuning.

    Both are weighted by the classes of the image before: what the picture shows is the same. What
    the training asked for is not known here, so that D, which may have been, is never the headline.

    Args:
        before: folder of the original's images.
        after: folder of the fine-tuned model's, matched by name.
        mse: folder of MSE-SR images.
        params: of the detector.
        classes: that weigh its maps.
        reader: of the files.
        report: told how far it is.
        mask: folder of manual masks: what they mark is to be gone, what was detected besides is to
            stay. Without it all that was detected is to be gone.

    Raises:
        InputError: no image could be used.
    """
    folders = {"--before": before, "--after": after, "--mse": mse}
    sets = reader.match(folders | ({"--mask": mask} if mask else {}))
    weights = classes.read_weights()

    def compare_one(name: str) -> _Compared:
        paths = sets[name]
        first, second, mse_sr = reader.read_together([paths[key] for key in folders])
        with naming(name):
            manual = _read_manual(reader, paths.get("--mask"), first)
            labels = classes.label(name, first)
            scene = Scene(mse=mse_sr, params=params, labels=labels, weights=weights)
            masks = [WITNESSES["D"].look(image, scene).mask for image in (first, second)]
            accepted, rejected = sort_components(masks[0], manual, reviewed=mask is not None)
            case = Case(gan=first, scene=scene, accepted=accepted, rejected=rejected)
            return _Compared(
                compare_masks(*masks),
                case.judge(second),
                measure_outside(first, second, mse_sr, mark_outside(accepted, FEATHER_SIGMA_PX)),
                None
                if manual is None
                else (score_image(masks[0], manual).iou, score_image(masks[1], manual).iou),
            )

    rows = reader.run(compare_one, list(sets), report)
    judged = [row.judged for row in rows]
    proof = summarize_proof(
        judged,
        rank_all(judged, TRAINED_ON_BY_CONTRAST),
        WITNESSES,
        TRAINED_ON_BY_CONTRAST,
        summarize_outside(row.outside for row in rows),
        [row.ious for row in rows if row.ious],
    )
    total = summarize_regressions(row.regression for row in rows)
    return FolderRegression(
        **vars(describe_regression(total, len(rows))),
        proof=proof,
        warnings=find_warnings(vars(proof)),
        classes=classes.describe(params),
        notes=reader.lines,
    )


def _read_manual(reader: FolderReader, path: Path | None, image: RgbImage) -> Mask | None:
    return fit_label(path, reader.read_mask(path), size_of(image)) if path else None
