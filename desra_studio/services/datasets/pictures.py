"""Showing renditions too large for a browser to hold, a tile at a time, or all of many, small."""

from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.imaging.tiles import cut_tile, shrink
from desra_studio.services.byte_cache import ByteCache
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets

CACHE_BYTES = 512 * 1024 * 1024
"""Room for the GAN-SR and the MSE-SR of 8192x8192 px that are compared."""
THUMBNAIL_PX = 72
"""The longer side, for twice as many px of the screen as of the page."""
THUMBNAIL_BYTES = 32 * 1024 * 1024


class TileCutter:
    """Cuts tiles of stored renditions; the images used last stay decoded in memory.

    One per server: a view asks for a dozen tiles at once, and decoding an image takes a second.
    """

    def __init__(self, studio: Studio, cache_bytes: int = CACHE_BYTES) -> None:
        self.studio = studio
        self._images: ByteCache[str, RgbImage] = ByteCache(cache_bytes)

    def cut(self, rendition_id: int, level: int, column: int, row: int) -> bytes:
        """Return a tile of a rendition as PNG, lossless; see `imaging.tiles.cut_tile`.

        Raises:
            NotFoundError: no such rendition or tile, or its file is missing on disk.
        """
        with self.studio.database.read() as session:
            sha = datasets.get_rendition(session, rendition_id).blob_sha
        image = self._images.get(sha, lambda: decode_png(self.studio.blobs.get(sha)))
        return encode_png(cut_tile(image, level, column, row))


class Thumbnails:
    """GAN-SR, small; those used last stay in memory, for making one decodes the whole image."""

    def __init__(self, studio: Studio, cache_bytes: int = THUMBNAIL_BYTES) -> None:
        self.studio = studio
        self._images: ByteCache[str, RgbImage] = ByteCache(cache_bytes)

    def render(self, image_id: int) -> bytes:
        """Return what an image looks like, as PNG of at most 72 px a side.

        Raises:
            NotFoundError: no such image, it is not upscaled, or its file is missing on disk.
            DamagedError: its file is damaged.
        """
        with self.studio.database.read() as session:
            sha = datasets.get_record(session, image_id).gan.blob_sha
        blobs = self.studio.blobs
        small = self._images.get(sha, lambda: shrink(decode_png(blobs.get(sha)), THUMBNAIL_PX))
        return encode_png(small)
