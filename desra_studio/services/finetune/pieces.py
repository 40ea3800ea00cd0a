"""The pieces of images that a training is watched on, and figures of what it makes of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.detector import DetectorParams
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.arrays import LabelMap, Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import Place, decode_mask_png, find_components
from desra_studio.metrics.fates import count_fates, rank_witnesses, settle_fate
from desra_studio.metrics.mask_metrics import score_image
from desra_studio.metrics.outside import mark_outside, measure_outside, summarize_outside
from desra_studio.services.detection.class_maps import read_class_map
from desra_studio.services.detection.judging import Case
from desra_studio.services.detection.weight_sets import load_weights
from desra_studio.services.detection.witnesses import WITNESSES, Scene
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.label_tables import MaskRevision
from desra_studio.storage.training_sets import list_samples

MAX_PIECES = 4
MAX_LR_PX = 32_768
"""How much of an image is watched: 216x144 px whole, of more what lies around an artifact.

Four such pieces take less than a tenth of the time of 50 iterations of the quick preset.
"""
MARGIN_PX = 8
"""LR px around a piece that are run and not judged: at a cut the network misses what it saw."""
PREVIEW_PX = 192
BY_WITNESS = "removal_"
"""Before the name of a witness: the figure of what is gone by it alone."""
LIVE_FIGURES = (
    "removal_rate", "addition_rate", "variance_ratio", "iou", "sharpness_kept", "detail_kept",
    "psnr_outside", "ssim_outside", *(BY_WITNESS + name for name in WITNESSES),
)  # fmt: skip
"""What `judge_outputs` tells."""


@dataclass(frozen=True)
class Piece:
    """A piece of an image, and what is known of it before the training.

    Attributes:
        name: of the image.
        box: x, y, width and height of its preview, in px of the image.
        lr: (h, w, 3) uint8 RGB, what the generator is to run on.
        inside: rows and columns of the piece in the generator's output.
        shown: rows and columns of the preview in the piece.
        gan, mse, pseudo_gt: (H, W, 3) uint8 RGB, of the piece.
        marked: (H, W) bool, what people marked.
        feather_sigma: of pseudo-GT, in px.
        params, labels, weights: of the detector; its area threshold is that of the whole image.
    """

    name: str
    box: list[int]
    lr: RgbImage
    inside: Place
    shown: Place
    gan: RgbImage
    mse: RgbImage
    pseudo_gt: RgbImage
    marked: Mask
    feather_sigma: float
    params: DetectorParams
    labels: LabelMap | None
    weights: NDArray[np.float32] | None

    @cached_property
    def case(self) -> Case:
        """What the witnesses judge outputs by: all that people marked was to go."""
        return Case(
            gan=self.gan,
            scene=Scene(mse=self.mse, params=self.params, labels=self.labels, weights=self.weights),
            accepted=self.marked,
            rejected=np.zeros_like(self.marked),
        )

    @cached_property
    def outside(self) -> Mask:
        """(H, W) bool, where pseudo-GT is GAN-SR."""
        return mark_outside(self.marked, self.feather_sigma)


def load_pieces(studio: Studio, training_set_id: int, feather_sigma: float) -> list[Piece]:
    """Return pieces of the first samples that are held out; of the first ones where none is.

    Raises:
        NotFoundError: a stored file is missing.
    """
    with studio.database.read() as session:
        held_out = list_samples(session, training_set_id, held_out=True)
        revisions = (held_out or list_samples(session, training_set_id))[:MAX_PIECES]
        records = [datasets.get_record(session, revision.image_id) for revision in revisions]
    return [
        _load_piece(studio, record, revision, feather_sigma)
        for record, revision in zip(records, revisions, strict=True)
    ]


def judge_outputs(
    pieces: Sequence[Piece], outputs: Sequence[RgbImage], trained_on: Sequence[str] = ()
) -> dict[str, float]:
    """Compare what a generator made of the pieces with their GAN-SR, as the proof does.

    Args:
        pieces: at least one.
        outputs: one for each, of its size.
        trained_on: names of the witnesses that a loss of the training asks for.

    Returns:
        "removal_rate" of what is marked, by the strictest witness that no loss asks for, and
        "addition_rate"; "removal_NAME" by each witness alone; "iou": mean over pieces of that of
        the detector's mask and what is marked; and outside of what is marked "variance_ratio",
        "sharpness_kept", "detail_kept", "psnr_outside", "ssim_outside", see `OutsideFigures`. What
        there is nothing to compute from is left out.
    """
    seen = [piece.case.look(output) for piece, output in zip(pieces, outputs, strict=True)]
    rows = list(zip(pieces, outputs, seen, strict=True))
    judged = [piece.case.judge(output, after) for piece, output, after in rows]
    said = [spot.judgements for each in judged for spot in each.accepted]
    ranked = rank_witnesses(said, trained_on)
    total = count_fates([settle_fate(words, ranked) for words in said])
    added = sum(len(each.added) for each in judged)
    outside = summarize_outside(
        measure_outside(piece.gan, output, piece.mse, piece.outside) for piece, output, _ in rows
    )
    ious = [score_image(after["D"].mask, piece.marked).iou for piece, _, after in rows]
    figures = {
        "removal_rate": total.removal_rate,
        "addition_rate": added / total.seen if total.seen else None,
        "variance_ratio": outside.variance_ratio,
        "iou": float(np.mean(ious)),
        "sharpness_kept": outside.sharpness_kept,
        "detail_kept": outside.detail_kept,
        "psnr_outside": outside.psnr,
        "ssim_outside": outside.ssim,
    } | {
        BY_WITNESS + name: count_fates([words[name].fate for words in said]).removal_rate
        for name in WITNESSES
    }
    return {name: value for name, value in figures.items() if value is not None}


def fit_piece(size: Size) -> Size:
    """Return how much of an LR image of this size is watched: all, or `MAX_LR_PX` of it."""
    if size.width * size.height <= MAX_LR_PX:
        return size
    width = min(size.width, max(math.isqrt(MAX_LR_PX), MAX_LR_PX // size.height))
    return Size(width, min(size.height, MAX_LR_PX // width))


def _load_piece(
    studio: Studio, record: datasets.ImageRecord, revision: MaskRevision, feather_sigma: float
) -> Piece:
    lr = decode_png(studio.blobs.get(record.image.lr_sha or ""))
    gan, mse = (decode_png(studio.blobs.get(part.blob_sha)) for part in (record.gan, record.mse))
    marked = decode_mask_png(studio.blobs.get(revision.mask_sha))
    found = record.detection
    params = DetectorParams(**found.params) if found else DetectorParams()
    # A share is one of the whole image, and not of what is watched of it.
    area = int(params.compute_area(marked.size))
    params = replace(params, area_share=None, area_threshold=area)
    labels = read_class_map(studio, found.labels_sha) if found and found.labels_sha else None

    scale = gan.shape[0] // lr.shape[0]
    row, column = _find_middle(marked)
    size = fit_piece(size_of(lr))
    rows = _choose_span(row // scale, size.height, lr.shape[0])
    columns = _choose_span(column // scale, size.width, lr.shape[1])
    seen = _widen(rows, lr.shape[0]), _widen(columns, lr.shape[1])
    place = _enlarge(rows, scale), _enlarge(columns, scale)
    top, left = place[0].start, place[1].start
    shown = (
        _choose_span(row - top, PREVIEW_PX, place[0].stop - top),
        _choose_span(column - left, PREVIEW_PX, place[1].stop - left),
    )
    return Piece(
        name=record.image.name,
        box=[
            left + shown[1].start,
            top + shown[0].start,
            shown[1].stop - shown[1].start,
            shown[0].stop - shown[0].start,
        ],
        lr=lr[seen].copy(),
        inside=(
            _enlarge(_shift(rows, seen[0].start), scale),
            _enlarge(_shift(columns, seen[1].start), scale),
        ),
        shown=shown,
        gan=gan[place].copy(),
        mse=mse[place].copy(),
        pseudo_gt=compose_pseudo_gt(gan, mse, marked, feather_sigma)[place].copy(),
        marked=marked[place].copy(),
        feather_sigma=feather_sigma,
        params=params,
        labels=None if labels is None else labels[place].copy(),
        weights=load_weights(studio, params.class_weights) if labels is not None else None,
    )


def _find_middle(marked: Mask) -> tuple[int, int]:
    """Return row and column of the middle of the largest component, else of the image."""
    components = find_components(marked)
    if not len(components):
        return marked.shape[0] // 2, marked.shape[1] // 2
    x, y, width, height = (int(value) for value in components.boxes[components.areas.argmax()])
    return y + height // 2, x + width // 2


def _choose_span(middle: int, wanted: int, length: int) -> slice:
    """Return `wanted` px around `middle`, or all of `length` where that is less."""
    start = max(0, min(middle - wanted // 2, length - wanted))
    return slice(start, min(start + wanted, length))


def _widen(span: slice, length: int) -> slice:
    return slice(max(0, span.start - MARGIN_PX), min(length, span.stop + MARGIN_PX))


def _shift(span: slice, start: int) -> slice:
    return slice(span.start - start, span.stop - start)


def _enlarge(span: slice, scale: int) -> slice:
    return slice(span.start * scale, span.stop * scale)
