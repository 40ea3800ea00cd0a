"""Writes runs.json: masks and the bytes that both codecs must make of them."""

import json
from pathlib import Path

import numpy as np

from desra_studio.imaging.masks import encode_mask_runs


def make_cases() -> list[dict]:
    random = np.random.default_rng(7)
    masks = [
        np.zeros((3, 5), bool),
        np.ones((3, 5), bool),
        np.eye(6, dtype=bool),
        random.random((9, 31)) < 0.5,
        random.random((40, 50)) < 0.02,
        np.arange(300 * 300).reshape(300, 300) % 20000 < 17000,
    ]
    return [
        {
            "width": mask.shape[1],
            "height": mask.shape[0],
            "marked": np.flatnonzero(mask).tolist() if mask.sum() < 3000 else None,
            "area": int(mask.sum()),
            "runs": encode_mask_runs(mask).hex(),
        }
        for mask in masks
    ]


if __name__ == "__main__":
    text = json.dumps(make_cases(), separators=(",", ":")).replace("},{", "},\n{")
    Path(__file__).with_name("runs.json").write_text(text + "\n")
