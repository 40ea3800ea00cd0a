"""Detecting again in a stored map while somebody moves a threshold."""

import gzip
import json
import struct
from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np

from desra_studio.detection.artifact_map import ArtifactMap
from desra_studio.detection.detector import DetectorParams, adjust_map, detect_in_map
from desra_studio.detection.regions import MarkedRegions
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.io import decode_label_map
from desra_studio.imaging.masks import decode_mask_png, encode_mask_runs
from desra_studio.services.byte_cache import ByteCache
from desra_studio.services.detection.weight_sets import load_weights
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.tables import Detection

MASK_FORMAT = struct.Struct("<I")
"""Length of the JSON that stands before the mask's run lengths."""
CACHE_BYTES = 256 * 1024 * 1024
"""Room for the weighted maps of some images: three of 4096x4096, a dozen of 2048x2048."""


@dataclass(frozen=True)
class StoredMaps:
    """What a detection keeps, ready to be thresholded: the weighted D, and where GAN is busier."""

    adjusted: ArtifactMap
    busier: Mask | None

    @property
    def nbytes(self) -> int:
        """Size in memory, in bytes."""
        return self.adjusted.nbytes + (0 if self.busier is None else self.busier.nbytes)


class LiveDetector:
    """Thresholds stored maps; the maps used last stay in memory.

    One per server: a slider asks ten times a second, and reading a map takes longer than
    thresholding it.
    """

    def __init__(self, studio: Studio, cache_bytes: int = CACHE_BYTES) -> None:
        self.studio = studio
        self._maps: ByteCache[tuple[str | None, ...], StoredMaps] = ByteCache(cache_bytes)

    def detect(self, detection_id: int, params: DetectorParams) -> MarkedRegions:
        """Return what a detection would have marked with other parameters.

        The window is the one the map was computed with, whatever `params` says.

        Raises:
            NotFoundError: no such detection or weight set, or its map is missing on disk.
            InputError: a baseline's detection.
        """
        with self.studio.database.read() as session:
            detection = datasets.get_detection(session, detection_id)
        if "window_size" not in detection.params:
            raise InputError(f"Detection {detection_id} is a baseline's, which has no map D.")
        maps = self._load(detection, params.class_weights)
        return detect_in_map(maps.adjusted, maps.busier, adopt_window(params, detection))

    def _load(self, detection: Detection, weight_set: str) -> StoredMaps:
        # By what they hold: an id would name something else in a database that was put back.
        weights = weight_set if detection.labels_sha else None
        key = (detection.map_sha, detection.busier_sha, detection.labels_sha, weights)
        return self._maps.get(key, lambda: read_stored_maps(self.studio, detection, weight_set))


def pack_regions(found: MarkedRegions) -> bytes:
    """Return regions and mask as the canvas reads them, gzip-compressed.

    Four bytes, little-endian, with the length of a JSON object {"regions", "area_px", "score"},
    the object, and the mask's run lengths.
    """
    figures = {
        "regions": [asdict(region) for region in found.regions],
        "area_px": int(np.count_nonzero(found.mask)),
        "score": found.score,
    }
    text = json.dumps(figures).encode()
    body = MASK_FORMAT.pack(len(text)) + text + encode_mask_runs(found.mask)
    return gzip.compress(body, compresslevel=1)


def adopt_window(params: DetectorParams, detection: Detection) -> DetectorParams:
    """Return the parameters with the window that a stored map was computed with."""
    values = params.as_dict() | {"window_size": detection.params["window_size"]}
    return DetectorParams(**values)


def read_artifact_map(studio: Studio, detection: Detection) -> ArtifactMap:
    """Read the stored D of a detection, before weights, (h, w) float32."""
    stored: ArtifactMap = np.load(BytesIO(studio.blobs.get(detection.map_sha)), allow_pickle=False)
    return stored


def read_stored_maps(studio: Studio, detection: Detection, weight_set: str) -> StoredMaps:
    """Read what a detection keeps and weight it by the classes, where it has any.

    Raises:
        NotFoundError: a stored file or the weight set is missing.
    """
    d = read_artifact_map(studio, detection)
    labels = (
        decode_label_map(studio.blobs.get(detection.labels_sha)) if detection.labels_sha else None
    )
    weights = load_weights(studio, weight_set) if labels is not None else None
    busier = (
        decode_mask_png(studio.blobs.get(detection.busier_sha)) if detection.busier_sha else None
    )
    return StoredMaps(d if weights is None else adjust_map(d, labels, weights), busier)
