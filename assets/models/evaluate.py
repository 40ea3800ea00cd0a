"""Print the figures of the model card: PSNR, local variance, artifacts, and a derived partner.

    python assets/models/evaluate.py [--kodak DIR] [--derive HR_DIR ...] [--json]

Held-out images are the eight Kodak images with even numbers (02.png ... 16.png), which neither
model was trained on. They are degraded with a fixed seed. `--derive` makes an MSE-SR model from the
bundled GAN-SR model by `models derive-mse`'s own code, with HR images of these folders but for
those named like the held-out ones, and compares it with the bundled MSE-SR model.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from desra_studio.detection.artifact_map import compute_local_variance
from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.finetune.config import DeriveConfig
from desra_studio.finetune.degradation import degrade_image
from desra_studio.finetune.derive import derive_mse
from desra_studio.finetune.pairs import PairSource
from desra_studio.imaging.arrays import Mask, RgbImage, size_of
from desra_studio.imaging.io import list_images, read_rgb, resize_bicubic
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.metrics.mask_metrics import score_image
from desra_studio.sr.loader import Generator, load_generator
from desra_studio.sr.upscale import upscale_image

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples" / "LR"
KODAK = HERE.parent.parent.parent / "shared" / "data" / "kodak"
HELD_OUT = ("02", "04", "06", "08", "10", "12", "14", "16")
PARAMS = DetectorParams(area_threshold=400)
CPU = torch.device("cpu")
SCALE = 4


def read_held_out(kodak: Path) -> dict[str, tuple[RgbImage, RgbImage]]:
    """Return name -> (degraded LR, HR) of the held-out images."""
    pairs = {}
    for name in HELD_OUT:
        hr = read_rgb(kodak / f"{name}.png").pixels
        pairs[name] = (degrade_image(hr, SCALE, np.random.default_rng(int(name))), hr)
    return pairs


def measure_fidelity(
    pairs: dict[str, tuple[RgbImage, RgbImage]], mse: Generator, gan: Generator
) -> dict[str, Any]:
    """Return the mean PSNR to HR in dB and the mean local variance, by kind of output."""
    psnr: dict[str, list[float]] = {"bicubic": [], "mse": [], "gan": []}
    variance: dict[str, list[float]] = {"hr": [], "bicubic": [], "mse": [], "gan": []}
    for lr, hr in pairs.values():
        outputs = {
            "hr": hr,
            "bicubic": resize_bicubic(lr, size_of(hr)),
            "mse": upscale_image(mse, lr, CPU),
            "gan": upscale_image(gan, lr, CPU),
        }
        for kind, output in outputs.items():
            variance[kind].append(float(compute_local_variance(output).mean()))
            if kind != "hr":
                psnr[kind].append(compute_psnr(output, hr))
    result = {
        "psnr_db": {kind: round(float(np.mean(values)), 3) for kind, values in psnr.items()},
        "local_variance": {kind: round(float(np.mean(v)), 1) for kind, v in variance.items()},
    }
    gain = np.subtract(psnr["mse"], psnr["bicubic"])
    return result | {
        "mse_gain_db": round(float(gain.mean()), 3),
        "mse_gain_by_image": [round(float(value), 2) for value in gain],
    }


def detect_all(lrs: dict[str, RgbImage], mse: Generator, gan: Generator) -> dict[str, Mask]:
    """Return name -> artifact mask of the GAN-SR output against the MSE-SR output."""
    return {
        name: detect_artifacts(
            upscale_image(gan, lr, CPU), upscale_image(mse, lr, CPU), PARAMS
        ).mask
        for name, lr in lrs.items()
    }


def describe_masks(masks: dict[str, Mask]) -> dict[str, Any]:
    """Return how many images are marked, and the marked share of each, in percent."""
    shares = {name: round(100 * float(mask.mean()), 2) for name, mask in masks.items()}
    marked = [share for share in shares.values() if share > 0]
    return {
        "images": len(shares),
        "with_artifacts": len(marked),
        "clean": len(shares) - len(marked),
        "median_area_percent": round(float(np.median(marked)), 2) if marked else 0.0,
        "area_percent": shares,
    }


def derive_and_compare(
    folders: list[Path],
    pairs: dict[str, tuple[RgbImage, RgbImage]],
    lrs: dict[str, RgbImage],
    mse: Generator,
    gan: Generator,
) -> dict[str, Any]:
    """Derive an MSE-SR model and return how near it comes to the bundled one."""
    images = [
        read_rgb(path).pixels
        for folder in folders
        for name, path in list_images(folder).items()
        if name not in HELD_OUT
    ]
    config = DeriveConfig()
    held_out = max(1, len(images) // 7)
    result = derive_mse(
        gan,
        PairSource(images[held_out:], SCALE).draw_batches(
            config.batch, config.crop // SCALE, config.seed
        ),
        PairSource(images[:held_out], SCALE).make_pairs(config.seed),
        config,
        CPU,
        lambda iteration, loss, psnr: print(
            f"{iteration}: L1 {loss:.4f}, {psnr:.3f} dB", file=sys.stderr
        ),
    )
    derived = load_generator(HERE / "desra-demo-gan-x4.safetensors")
    derived.module.load_state_dict(result.weights)
    true_masks = detect_all(lrs, mse, gan)
    derived_masks = detect_all(lrs, derived, gan)
    scores = [score_image(derived_masks[name], true_masks[name]) for name in lrs]
    difference = [
        compute_psnr(upscale_image(derived, lr, CPU), hr)
        - compute_psnr(upscale_image(mse, lr, CPU), hr)
        for lr, hr in pairs.values()
    ]
    inter = sum(int((derived_masks[name] & true_masks[name]).sum()) for name in lrs)
    union = sum(int((derived_masks[name] | true_masks[name]).sum()) for name in lrs)
    return {
        "iteration": result.iteration,
        "psnr_minus_bundled_mse_db": round(float(np.mean(difference)), 3),
        "mask_iou_pooled": round(inter / union, 3) if union else None,
        "mask_iou_mean": round(float(np.mean([score.iou for score in scores])), 3),
    }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kodak", type=Path, default=KODAK, help="folder of 02.png, 04.png ...")
    parser.add_argument("--derive", type=Path, nargs="+", help="folders of HR images")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not arguments.kodak.is_dir():
        parser.error(
            f"{arguments.kodak} is not a folder. Get the Kodak images (r0k.us/graphics/kodak), "
            "name them 01.png to 16.png and give their folder with --kodak."
        )
    mse = load_generator(HERE / "desra-demo-mse-x4.safetensors")
    gan = load_generator(HERE / "desra-demo-gan-x4.safetensors")
    pairs = read_held_out(arguments.kodak)
    samples = {name: read_rgb(path).pixels for name, path in list_images(SAMPLES).items()}
    held_out = {f"kodak-{name}": lr for name, (lr, _) in pairs.items()}
    result = measure_fidelity(pairs, mse, gan) | {
        "held_out": describe_masks(detect_all(held_out, mse, gan)),
        "samples": describe_masks(detect_all(samples, mse, gan)),
    }
    if arguments.derive:
        result["derived"] = derive_and_compare(
            arguments.derive, pairs, samples | held_out, mse, gan
        )
    print(json.dumps(result, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
