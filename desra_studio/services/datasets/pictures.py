"""Showing renditions too large for a browser to hold: a tile at a time."""

import threading
from collections import OrderedDict

from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.imaging.tiles import cut_tile
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets

CACHE_BYTES = 512 * 1024 * 1024
"""Room for the GAN-SR and the MSE-SR of 8192x8192 px that are compared."""


class TileCutter:
    """Cuts tiles of stored renditions; the images used last stay decoded in memory.

    One per server: a view asks for a dozen tiles at once, and decoding an image takes a second.
    """

    def __init__(self, studio: Studio, cache_bytes: int = CACHE_BYTES) -> None:
        self.studio, self.cache_bytes = studio, cache_bytes
        self._images: OrderedDict[str, RgbImage] = OrderedDict()
        self._lock, self._decoding = threading.Lock(), threading.Lock()

    def cut(self, rendition_id: int, level: int, column: int, row: int) -> bytes:
        """Return a tile of a rendition as PNG, lossless; see `imaging.tiles.cut_tile`.

        Raises:
            NotFoundError: no such rendition or tile, or its file is missing on disk.
        """
        with self.studio.database.read() as session:
            sha = datasets.get_rendition(session, rendition_id).blob_sha
        return encode_png(cut_tile(self._load(sha), level, column, row))

    def _load(self, sha: str) -> RgbImage:
        image = self._find(sha)
        if image is not None:
            return image
        with self._decoding:
            # Whoever had to wait finds it now.
            image = self._find(sha)
            if image is None:
                image = decode_png(self.studio.blobs.get(sha))
                self._keep(sha, image)
            return image

    def _find(self, sha: str) -> RgbImage | None:
        with self._lock:
            if sha in self._images:
                self._images.move_to_end(sha)
            return self._images.get(sha)

    def _keep(self, sha: str, image: RgbImage) -> None:
        with self._lock:
            self._images[sha] = image
            while len(self._images) > 1 and self._count_bytes() > self.cache_bytes:
                self._images.popitem(last=False)

    def _count_bytes(self) -> int:
        return sum(image.nbytes for image in self._images.values())
