"""Removal over detail as a picture: where each of the settings stands, and what it gave up."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from statistics import fmean
from typing import Any, TypeAlias

Place: TypeAlias = Callable[[float, float], tuple[float, float]]
"""Where in the picture a share of detail and one of removal lie."""

WIDTH, HEIGHT = 760, 470
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 30, 60
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#666666", "#000000")
"""Of Okabe and Ito, which people tell apart who see few colours."""
SHAPES = ("circle", "square", "diamond")
STRICT = ("SSIM", "LDL-style")
"""Witnesses that no loss asks for."""


def find_strictest(row: Mapping[str, Any]) -> float:
    """Return the smallest removal that a witness tells which no loss asked for, 0..1."""
    said = [row["witnesses"][name] for name in STRICT]
    return float(min(value for value in said if value is not None))


def draw_deletion(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an SVG: a dot for each row, a ring for the mean over the seeds of its settings."""
    names = list(dict.fromkeys(row["settings"] for row in rows))
    low_x = min(0.2, *(row["detail_kept"] for row in rows)) - 0.05
    low_y = min(0.5, *(find_strictest(row) for row in rows)) - 0.05

    def place(detail: float, removal: float) -> tuple[float, float]:
        across = (detail - low_x) / (1 - low_x)
        up = (removal - low_y) / (1 - low_y)
        return (
            round(LEFT + across * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
        )

    parts = [_draw_axes(place, low_x, low_y)]
    for index, name in enumerate(names):
        colour = COLOURS[index % len(COLOURS)]
        own = [(row["detail_kept"], find_strictest(row)) for row in rows if row["settings"] == name]
        for point in own:
            x, y = place(*point)
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}" opacity=".45"/>')
        x, y = place(fmean(one for one, _ in own), fmean(two for _, two in own))
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="8" fill="none" stroke="{colour}" stroke-width="2.5"/>'
            f'<text x="{x}" y="{y + 3.5}" font-size="10" text-anchor="middle">{index + 1}</text>'
        )
        line = TOP + 20 + 22 * index
        parts.append(
            f'<circle cx="{WIDTH - RIGHT + 24}" cy="{line - 4}" r="6" fill="none" '
            f'stroke="{colour}" stroke-width="2.5"/>'
            f'<text x="{WIDTH - RIGHT + 38}" y="{line}">{index + 1} {escape(name)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#222">'
        f'<title>Removal over detail kept</title><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _draw_axes(
    place: Callable[[float, float], tuple[float, float]], low_x: float, low_y: float
) -> str:
    parts = []
    for tenth in range(11):
        value = tenth / 10
        if value >= low_x:
            x, y = place(value, low_y)
            parts.append(f'<path d="M{x} {TOP}V{y}" stroke="#ddd"/>')
            parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{value:.1f}</text>')
        if value >= low_y:
            x, y = place(low_x, value)
            parts.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{tenth * 10} %</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">Detail kept outside the masks '
        "(0 as MSE-SR, 1 as GAN-SR)</text>"
        f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        'text-anchor="middle">Gone, by the strictest untrained witness</text>'
    )
    return "".join(parts)
