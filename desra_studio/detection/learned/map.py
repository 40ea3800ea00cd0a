"""A learned detector among the others: a map of probabilities, and how it is read."""

from desra_studio.detection.learned.choosing import PROBABILITIES
from desra_studio.detection.map_detector import MapDetector

LEARNED = MapDetector(
    title="learned",
    compute=None,
    artifact_side="above",
    threshold=0.5,
    smallest=0,
    largest=1,
    grid=PROBABILITIES,
)
