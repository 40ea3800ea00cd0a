"""Cutting what a study shows: pairs, gold and identical pairs, training, regions and decoys."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, Size, size_of
from desra_studio.imaging.io import compress_jpeg, decode_png, encode_even, resize_bicubic
from desra_studio.services.studies.windows import (
    Outline,
    Source,
    Window,
    measure_source,
    place_windows,
)
from desra_studio.services.studio import Report, Studio
from desra_studio.storage.study_tables import StudyItem
from desra_studio.study.design import count_checks, count_gold
from desra_studio.study.order import PROMINENCE, StudyOrder

SPOILED_SCALE, SPOILED_QUALITY, SPOILED_NOISE = 6, 8, 24.0
"""What gold is degraded by: resolution, JPEG quality, and standard deviation of noise in 0..255."""
LEAST_CHECKS, MOST_CHECKS = 2, 12
"""Pairs that are cut for each kind of check; who has more of them sees some again."""


_Draft = tuple[Window, StudyItem, bool]
"""A window, what is made of it, and whether it is degraded."""


def make_items(
    studio: Studio, order: StudyOrder, sources: Sequence[Source], report: Report
) -> Iterator[StudyItem]:
    """Cut everything that a study shows, and store it; numbers follow the order.

    Args:
        studio: the installation.
        order: the study.
        sources: its images.
        report: told how many of the windows are cut.

    Raises:
        InputError: there are no accepted regions, or no clean place, where they are needed.
        NotFoundError: a stored file is missing.
    """
    chance = random.Random(order.seed)
    shown, clean = place_windows(studio, order, sources, chance)
    if order.kind == PROMINENCE:
        drafts = _list_outlined(order, shown, clean, chance)
    else:
        drafts = _list_pairs(order, [*shown, *clean], chance)
    for number, (window, item, spoil) in enumerate(drafts):
        report(number, len(drafts), f"Cutting {window.source.record.image.name}")
        item.number = number
        _store_pictures(studio, order, window, item, spoil)
        yield item


def spoil_image(image: RgbImage, seed: int) -> RgbImage:
    """Return (H, W, 3) uint8 RGB, degraded so that anybody sees it: coarse, blocky and noisy."""
    size = size_of(image)
    small = resize_bicubic(
        image, Size(max(1, size.width // SPOILED_SCALE), max(1, size.height // SPOILED_SCALE))
    )
    blocky = compress_jpeg(resize_bicubic(small, size), SPOILED_QUALITY)
    noise = np.random.default_rng(seed).normal(0, SPOILED_NOISE, blocky.shape)
    return (blocky + noise).clip(0, 255).astype(np.uint8)


def _list_pairs(
    order: StudyOrder, windows: Sequence[Window], chance: random.Random
) -> list[_Draft]:
    systems = range(len(order.systems))
    drafts = [
        (window, _make_item("pair", window, first, second), False)
        for window in windows
        for first, second in combinations(systems, 2)
    ]
    gold, blank = _count_pairs(order)
    for number in range(order.training + gold):
        window, system = chance.choice(windows), number % len(order.systems)
        kind = "training" if number < order.training else "gold"
        item = _make_item(kind, window, system, system)
        item.better = "a"
        drafts.append((window, item, True))
    for number in range(blank):
        window, system = chance.choice(windows), number % len(order.systems)
        drafts.append((window, _make_item("identical", window, system, system), False))
    return drafts


def _list_outlined(
    order: StudyOrder, shown: Sequence[Window], clean: Sequence[Window], chance: random.Random
) -> list[_Draft]:
    """List regions, decoys (their outlines on clean places), gold and training: spoiled ones."""
    drafts = [(window, _make_item("region", window, 0), False) for window in shown]
    if not clean and (order.controls or order.check_share or order.training):
        raise InputError(
            f"No clean window of {order.window_px} px was found for decoys. Choose a smaller "
            "window, or no decoys, checks and training."
        )
    for number, window in enumerate(clean):
        pattern = shown[number % len(shown)]
        drafts.append((_move_outline(window, pattern), _make_item("decoy", window, 0), False))
    for number in range(order.training + _count_pairs(order)[0] if clean else 0):
        window = _move_outline(chance.choice(clean), chance.choice(shown))
        # Training shows both answers; a clean place in it is told from the decoys by its feedback.
        spoil = number % 2 == 0 or number >= order.training
        item = _make_item("training" if number < order.training else "gold", window, 0)
        item.better = "yes" if spoil else "no"
        drafts.append((window, item, spoil))
    for window, item, _ in drafts:
        item.outline = window.outline.as_dict() if window.outline else None
    return drafts


def _count_pairs(order: StudyOrder) -> tuple[int, int]:
    """Return how many gold pairs, and identical ones, there are: enough for one voter."""
    checks = count_checks(order.trials_per_voter, order.check_share)
    gold = count_gold(checks, order.rules.min_gold)
    found = [min(MOST_CHECKS, max(LEAST_CHECKS, part)) for part in (gold, (checks - gold + 1) // 2)]
    return (found[0], found[1]) if order.check_share else (0, 0)


def _make_item(kind: str, window: Window, first: int, second: int | None = None) -> StudyItem:
    return StudyItem(
        kind=kind,
        image_id=window.source.record.image.id,
        x=window.x,
        y=window.y,
        width=window.size.width,
        height=window.size.height,
        system_a=first,
        system_b=second,
    )


def _store_pictures(
    studio: Studio, order: StudyOrder, window: Window, item: StudyItem, spoil: bool
) -> None:
    def cut(system: int) -> RgbImage:
        image = decode_png(studio.blobs.get(window.source.outputs[system]))
        return _crop(image, window)

    def keep(image: RgbImage) -> str:
        return studio.blobs.put(encode_even(image))

    first = cut(item.system_a)
    if item.system_b is None:
        item.blob_a = keep(_spoil_outlined(first, window, item.number) if spoil else first)
    else:
        item.blob_a = keep(first)
        second = spoil_image(first, item.number) if spoil else cut(item.system_b)
        item.blob_b = keep(second)
    image = window.source.record.image
    if order.show_lr and image.lr_sha:
        lr = resize_bicubic(
            decode_png(studio.blobs.get(image.lr_sha)), measure_source(window.source)
        )
        item.blob_lr = keep(_crop(lr, window))


def _spoil_outlined(image: RgbImage, window: Window, seed: int) -> RgbImage:
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.array(_list_points(window), np.int32)], 1)
    spoiled = image.copy()
    spoiled[inside > 0] = spoil_image(image, seed)[inside > 0]
    return spoiled


def _move_outline(window: Window, pattern: Window) -> Window:
    """Return a clean window with the outline of another, as far as it fits in."""
    limits = np.array([window.size.width - 1, window.size.height - 1])
    points = np.minimum(np.array(_list_points(pattern)), limits)
    return replace(window, outline=Outline(points.tolist(), None))


def _list_points(window: Window) -> list[list[int]]:
    return window.outline.points if window.outline else []


def _crop(image: RgbImage, window: Window) -> RgbImage:
    part = image[window.y : window.y + window.size.height, window.x : window.x + window.size.width]
    return np.ascontiguousarray(part)
