"""Outlines as areas: which pixels they hold is asked of the rasteriser that their format has."""

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pycocotools import mask as coco_mask

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.masks import Place
from desra_studio.interchange.coco_runs import parse_runs
from desra_studio.interchange.fields import read_points
from desra_studio.interchange.labels import Area
from desra_studio.interchange.runs import expand_runs

MARGIN_PX = 2
"""Around an outline: more than any rasteriser rounds outward."""
ROUND_CORNERS = 90
"""Corners of the polygon that stands for an ellipse."""


class Window(NamedTuple):
    """The part of an image in which an outline lies: its rows and columns, and its first px."""

    place: Place
    left: int
    top: int


def find_window(points: NDArray[np.float64], size: Size) -> Window:
    """Return the part of an image in which an outline's points (N, 2) lie.

    Rasterising there alone takes the time of the outline, not of the image.

    Raises:
        InputError: it lies outside, or reaches farther outside than the image is large.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    limits = np.array(size)
    if (high < 0).any() or (low > limits).any():
        raise InputError(f"it lies outside of the image of {size} px.")
    if (low < -limits).any() or (high > 2 * limits).any():
        far = points[np.abs(points - limits / 2).max(axis=1).argmax()]
        raise InputError(f"it reaches to x {far[0]:g}, y {far[1]:g}, far outside of {size} px.")
    left, top = np.maximum(np.floor(low).astype(int) - MARGIN_PX, 0).tolist()
    right, bottom = np.minimum(np.ceil(high).astype(int) + MARGIN_PX, limits).tolist()
    return Window((slice(top, bottom), slice(left, right)), left, top)


def make_polygon(points: NDArray[np.float64], size: Size) -> Area:
    """Return the area of a polygon (N, 2) as COCO's own code has it.

    Raises:
        InputError: fewer than 3 points, or outside of the image.
    """
    check_polygon(points)
    window = find_window(points, size)
    return partial(_mark_coco_polygon, points - (window.left, window.top), window.place)


def _mark_coco_polygon(points: NDArray[np.float64], place: Place, mask: Mask) -> None:
    part = mask[place]
    height, width = part.shape
    if part.size:
        (runs,) = coco_mask.frPyObjects([points.ravel().tolist()], height, width)
        # Not its decode, which warns with NumPy 2.
        part |= expand_runs(parse_runs(runs["counts"])).reshape(width, height).T


def make_box(left: float, top: float, right: float, bottom: float, size: Size) -> Area:
    """Return the area of a rectangle between edges; InputError where it is not in the image."""
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return make_polygon(np.array(corners, np.float64), size)


def turn(
    points: NDArray[np.float64], pivot: NDArray[np.float64], degrees: float
) -> NDArray[np.float64]:
    """Return points (N, 2) turned clockwise, as y goes down, around a pivot (2,)."""
    angle = np.radians(degrees)
    turned = (points - pivot) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    return np.asarray(turned + pivot, np.float64)


def list_round_points(x: float, y: float, radius_x: float, radius_y: float) -> NDArray[np.float64]:
    """Return a polygon (N, 2) that stands for an ellipse around x, y."""
    angles = np.linspace(0, 2 * np.pi, ROUND_CORNERS, endpoint=False)
    return np.stack((x + radius_x * np.cos(angles), y + radius_y * np.sin(angles)), axis=1)


def check_polygon(points: NDArray[np.float64]) -> None:
    """Raise InputError unless points (N, 2) are enough for a polygon."""
    if len(points) < 3:
        raise InputError(f"a polygon of {len(points)} points has no area.")


def parse_points(value: object) -> NDArray[np.float64]:
    """Return a JSON list of [x, y] as (N, 2); InputError where it is none, or empty."""
    points = read_points(value, "points")
    if not len(points):
        raise InputError("it has no points.")
    return points


def make_drawn(kind: str, points: NDArray[np.float64], size: Size) -> Area:
    """Return the area of an outline as Pillow draws it, edges included, which LabelMe uses.

    Args:
        kind: polygon with (N, 2) points, rectangle with two corners, or circle with its centre and
            a point of its edge.
        points: as above.
        size: of the image.

    Raises:
        InputError: too few points, too many, or outside of the image.
    """
    if kind == "polygon":
        check_polygon(points)
    elif len(points) != 2:
        raise InputError(f"a {kind} must have 2 points, got {len(points)}.")
    if kind == "rectangle":
        points = np.stack((points.min(axis=0), points.max(axis=0)))
    elif kind == "circle":
        radius = float(np.hypot(*(points[1] - points[0])))
        points = np.stack((points[0] - radius, points[0] + radius))
    window = find_window(points, size)
    shifted = points - (window.left, window.top)
    return partial(_draw, kind, [(x, y) for x, y in shifted.tolist()], window.place)


def _draw(kind: str, points: list[tuple[float, float]], place: Place, mask: Mask) -> None:
    part = mask[place]
    if not part.size:
        return
    canvas = Image.new("L", (part.shape[1], part.shape[0]))
    pen = ImageDraw.Draw(canvas)
    if kind == "polygon":
        pen.polygon(points, fill=1, outline=1)
    elif kind == "rectangle":
        pen.rectangle(points, fill=1, outline=1)
    else:
        pen.ellipse(points, fill=1, outline=1)
    part |= np.asarray(canvas, np.bool_)
