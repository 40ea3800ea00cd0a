"""Make the sample LR images from their sources; LICENCES.md beside it names those.

    python assets/samples/make.py --photos PHOTOS --kodak KODAK --skimage SKIMAGE [--out DIR]

Each is a part of a photograph, reduced to four times the LR's size and degraded in the way that the
bundled pair was trained for (blur, resize, noise and JPEG), in the milder half of its ranges and
with a seed of its own.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from desra_studio.finetune.degradation import DegradationRanges, degrade_image
from desra_studio.imaging.io import encode_png, list_images, read_rgb

SCALE = 4
RANGES = DegradationRanges(noise_sigma=(1.0, 6.0), jpeg_quality=(65.0, 95.0))


@dataclass(frozen=True)
class Sample:
    """A sample: where it comes from and how it is cut.

    Attributes:
        name: of the file.
        folder, source: which image.
        left, top, width, height: part of it, in shares of its width and height.
        lr_width: of the LR in px; its height follows.
        seed: of the degradation.
    """

    name: str
    folder: str
    source: str
    left: float
    top: float
    width: float
    height: float
    lr_width: int
    seed: int


SAMPLES = (
    Sample("barn", "photos", "friends_by_Aitzol_Berasategi", 0.0, 0.32, 1.0, 0.4, 216, 6),
    Sample("beach", "kodak", "12", 0.0, 0.0, 1.0, 1.0, 192, 8),
    Sample("boat", "kodak", "06", 0.0, 0.0, 1.0, 1.0, 192, 7),
    Sample("brook", "photos", "life_by_Aitzol_Berasategi", 0.2, 0.3, 0.5, 0.5, 216, 2),
    Sample("cat", "skimage", "chelsea", 0.0, 0.0, 1.0, 1.0, 176, 7),
    Sample("coffee", "skimage", "coffee", 0.0, 0.0, 1.0, 1.0, 184, 1),
    Sample("door", "kodak", "02", 0.0, 0.0, 1.0, 1.0, 192, 4),
    Sample("drum", "photos", "Wine_by_Jakkub_Mede", 0.0, 0.4, 1.0, 0.4, 208, 8),
    Sample("hat", "kodak", "04", 0.0, 0.05, 1.0, 0.667, 160, 8),
    Sample("houses", "kodak", "08", 0.0, 0.0, 1.0, 1.0, 192, 6),
    Sample("island", "kodak", "16", 0.0, 0.0, 1.0, 1.0, 192, 3),
    Sample("masts", "photos", "Bridge_by_Sander_Klootwijk", 0.2, 0.1, 0.6, 0.7, 216, 1),
    Sample("raft", "kodak", "14", 0.0, 0.0, 1.0, 1.0, 192, 5),
    Sample("rocks", "photos", "life_by_Aitzol_Berasategi", 0.5, 0.0, 0.5, 0.5, 216, 7),
    Sample("sails", "kodak", "10", 0.0, 0.25, 1.0, 0.6, 168, 3),
    Sample("sunset", "photos", "sunset_by_Aitzol_Berasategi", 0.3, 0.3, 0.6, 0.6, 216, 3),
)


def make_sample(sample: Sample, folders: dict[str, Path]) -> bytes:
    """Return a sample's LR image as PNG."""
    image = read_rgb(list_images(folders[sample.folder])[sample.source]).pixels
    height, width = image.shape[:2]
    part = image[
        round(sample.top * height) : round((sample.top + sample.height) * height),
        round(sample.left * width) : round((sample.left + sample.width) * width),
    ]
    lr_height = round(sample.lr_width * part.shape[0] / part.shape[1])
    size = (sample.lr_width * SCALE, lr_height * SCALE)
    method = cv2.INTER_AREA if size[0] <= part.shape[1] else cv2.INTER_CUBIC
    hr = np.asarray(cv2.resize(part, size, interpolation=method), dtype=np.uint8)
    return encode_png(degrade_image(hr, SCALE, np.random.default_rng(sample.seed), RANGES))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for folder in ("photos", "kodak", "skimage"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "LR")
    arguments = parser.parse_args()
    folders = {name: getattr(arguments, name) for name in ("photos", "kodak", "skimage")}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        (arguments.out / f"{sample.name}.png").write_bytes(make_sample(sample, folders))


if __name__ == "__main__":
    main()
