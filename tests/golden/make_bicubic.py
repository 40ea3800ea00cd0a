"""Writes bicubic.json: a small image and what Pillow makes of it, four times as large."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

FACTOR = 4


def make_case() -> dict:
    lr = np.random.default_rng(3).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    height, width = lr.shape[:2]
    # Channel by channel in float: in 8 bits Pillow rounds between its two passes.
    channels = [
        Image.fromarray(lr[..., channel].astype(np.float32)).resize(
            (FACTOR * width, FACTOR * height), Image.Resampling.BICUBIC
        )
        for channel in range(3)
    ]
    enlarged = np.rint(np.clip(np.stack([np.asarray(part) for part in channels], -1), 0, 255))
    return {
        "width": width,
        "height": height,
        "factor": FACTOR,
        "lr": lr.reshape(-1).tolist(),
        "enlarged": enlarged.astype(int).reshape(-1).tolist(),
    }


if __name__ == "__main__":
    Path(__file__).with_name("bicubic.json").write_text(json.dumps(make_case()) + "\n")
