"""What the Scores page says of detectors and images, as plain values and as text."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from desra_studio.metrics.intervals import Interval
from desra_studio.services.review.regions import ALL, PROMINENT, PROMINENT_ONLY, SEVERE, SEVERE_ONLY
from desra_studio.services.scores.dataset import DatasetScore, DetectorScore, ScoreFigures
from desra_studio.services.scores.making import WORDS
from desra_studio.services.scores.tables import count_regions
from desra_studio.ui.shared.text import escape_markdown, show_figure
from desra_studio.vocabulary import MadeBy
from desra_studio.wording import count_noun

LIMITS = (
    "What this does not prove: that people see it. It is agreement with the masks of these "
    "reviewers on these images; masks that began as a detector's favour that detector."
)

LABELS = {
    ALL: "All manual regions",
    SEVERE_ONLY: f"Severe: severity {SEVERE} or more",
    PROMINENT_ONLY: f"Prominent: {PROMINENT:.0%} of the voters or more",
}


def make_region_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the filters of a dataset's regions as the menu shows them: (words, name)."""
    return [(LABELS.get(name, f"Kind: {name}"), name) for name in names]


def make_key(detector: dict[str, Any]) -> str:
    """Return the short name by which the page tells detectors apart."""
    return hashlib.sha256(json.dumps(detector, sort_keys=True).encode()).hexdigest()[:10]


def show_table(
    regions: str, score: DatasetScore, chosen: str, made: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the value of the table of detectors."""
    return {
        "regions": regions,
        "rows": [_show_row(score, row, index == 0) for index, row in enumerate(score.detectors)],
        "made": list(made),
        "chosen": chosen,
        "notes": _list_notes(score, regions),
        "limits": LIMITS,
    }


def show_images(dataset: int, row: DetectorScore) -> dict[str, Any]:
    """Return the value of the list of images."""
    return {
        "dataset": dataset,
        "title": row.title,
        "rows": [
            {
                "id": image.image_id,
                "name": image.name,
                "state": image.state.value,
                "made": WORDS[image.made_by],
                "iou": show_figure(image.score.iou),
                "empty": image.score.empty_both,
                "detected": image.score.detected,
                "right": image.score.detected_hits,
                "manual": image.score.manual,
                "found": image.score.manual_hits,
            }
            for image in row.rows
        ],
    }


def describe_uncounted(score: DatasetScore, row: DetectorScore, notes: Sequence[str]) -> str:
    """Return what the figures leave out, or what they rest on, as Markdown."""
    lines = []
    if score.unlabelled:
        lines.append(f"{count_noun(score.unlabelled, 'image')} not labelled yet.")
    empty = row.total.empty_both
    if empty:
        lines.append(
            f"{count_noun(empty, 'image')} empty in both masks: IoU 1, and nothing to count for "
            "precision and recall."
        )
    if row.missing_predictions:
        lines.append(
            f"{count_noun(row.missing_predictions, 'labelled image')} without a prediction of the "
            "chosen detector: counted as empty. Run it on this dataset to mend that."
        )
    if score.unchanged:
        lines.append(
            f"{count_noun(score.unchanged, 'label')} that are the detector's own mask, accepted "
            "unchanged: they count, and favour it."
        )
    # Markdown makes a link of an address whose dots are escaped, and one that leads nowhere.
    lines += [escape_markdown(note).replace("://", "&#58;//") for note in notes]
    if not lines:
        lines.append("Every image is labelled, and every one of them counts.")
    return "\n".join(["### What is not counted, and what favours whom", *(f"- {x}" for x in lines)])


def _show_row(score: DatasetScore, row: DetectorScore, in_review: bool) -> dict[str, Any]:
    name, _, settings = row.title.partition(", ")
    leads = score.leads_blind and row.blind is not None
    images = [image for image in row.rows if image.made_by is MadeBy.BLIND or not leads]
    counts = count_regions(images)
    shown = row.blind if leads and row.blind else row.figures
    intervals = shown.intervals
    return {
        "key": make_key(row.detector),
        "name": name,
        "settings": settings,
        "inReview": in_review,
        "missing": (
            f"not run on {row.missing_predictions} of {row.total.images} images: counted as empty"
            if row.missing_predictions
            else ""
        ),
        "apart": _list_apart(row, leads),
        "figures": [
            _show_cell(
                shown.iou,
                _tell_interval(intervals.iou, intervals.wanting.iou),
                intervals.iou,
                count_noun(shown.images, "blind label" if leads else "image"),
            ),
            _show_cell(
                shown.precision,
                _tell_interval(intervals.precision, intervals.wanting.precision),
                intervals.precision,
                _share(counts.detected_hits, counts.detected_components, "detected", "right"),
            ),
            _show_cell(
                shown.recall,
                _tell_interval(intervals.recall, intervals.wanting.recall),
                intervals.recall,
                _share(counts.manual_hits, counts.manual_components, "manual", "found"),
            ),
        ],
    }


def _list_apart(row: DetectorScore, leads: bool) -> list[str]:
    """Return the figures of blind and of other labels, but for those that the row itself has."""
    if row.blind is None or row.others is None:
        return []
    parts = [] if leads else [("drawn blind", row.blind)]
    return [_tell_apart(words, figures) for words, figures in [*parts, ("others", row.others)]]


def _tell_apart(words: str, figures: ScoreFigures) -> str:
    return (
        f"{words} ({figures.images}): IoU {show_figure(figures.iou)}, precision "
        f"{show_figure(figures.precision)}, recall {show_figure(figures.recall)}"
    )


def _tell_interval(interval: Interval | None, wanting: int) -> str:
    if interval is None:
        return f"no interval: {count_noun(wanting, 'image')} more" if wanting else "no interval"
    if interval.one_sided:
        return (
            f"at least {interval.low:.2f}" if interval.high == 1 else f"at most {interval.high:.2f}"
        )
    return f"[{interval.low:.2f}, {interval.high:.2f}]"


def _show_cell(
    value: float | None, text: str, interval: Interval | None, count: str
) -> dict[str, Any]:
    return {
        "value": value,
        "text": show_figure(value),
        "interval": "" if value is None else text,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "count": count,
    }


def _list_notes(score: DatasetScore, regions: str) -> list[str]:
    notes = []
    if score.unknown_regions:
        lacks, of = {
            SEVERE_ONLY: ("severity", "severe"),
            PROMINENT_ONLY: ("prominence", "prominent"),
        }.get(regions, ("kind", regions))
        verbs = "has no" if score.unknown_regions == 1 else "have no"
        counted = "is not counted" if score.unknown_regions == 1 else "are not counted"
        notes.append(
            f"{score.unknown_regions} of the manual regions {verbs} {lacks} yet and {counted} as "
            f"{of}."
        )
    return notes


def _share(part: int, whole: int, what: str, how: str) -> str:
    return f"{part} of {whole} {what} {how}" if whole else f"none {what}"
