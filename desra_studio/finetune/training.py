"""The networks and optimisers of a training, and one step of them."""

import copy
import math
from contextlib import nullcontext
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from desra_studio.errors import InputError, ModelError
from desra_studio.finetune.averaging import update_average
from desra_studio.finetune.config import FinetuneConfig, compute_rate
from desra_studio.finetune.data import Batch
from desra_studio.finetune.discriminator import UNetDiscriminator
from desra_studio.finetune.losses import (
    ContrastLoss,
    PerceptualLoss,
    compute_fake_loss,
    compute_pixel_loss,
    compute_real_loss,
    weigh_inside,
)
from desra_studio.sr.loader import Generator
from desra_studio.sr.upscale import is_out_of_memory

BETAS = (0.9, 0.99)

Losses = dict[str, Tensor]


class Training:
    """A generator, its average, the discriminator and both optimisers.

    Args:
        generator: where to start; it is left as it was.
        config: of the run.
        device: where to train; every GPU where several processes were launched.
        discriminator: one that has learnt already; None for a fresh one.
        perceptual: None to train without this loss.

    Attributes:
        average: the running average of the generator's weights, what is kept in the end.
        parts: in how many a step's crops go through the networks.
        notes: what the user has to know about the run.
    """

    def __init__(
        self,
        generator: Generator,
        config: FinetuneConfig,
        device: torch.device,
        discriminator: UNetDiscriminator | None = None,
        perceptual: PerceptualLoss | None = None,
    ) -> None:
        self.config, self.notes, self.parts = config, list[str](), config.accumulate
        self._accelerator = open_accelerator(device, choose_precision(config, generator, device))
        self.device = self._accelerator.device
        torch.manual_seed(config.seed)
        module = copy.deepcopy(generator.module).train().to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(module).eval().requires_grad_(False).to(self.device)
        self._module, self._optimizer = self._prepare(module, config.learning_rate)
        self._contrast = ContrastLoss().to(self.device) if config.contrast_weight else None
        self._perceptual = perceptual if config.perceptual_weight else None
        if self._perceptual is not None:
            self._perceptual.to(self.device).to(memory_format=torch.channels_last)
        # A fresh one knows nothing yet: what it says in its first iterations is noise.
        self._judges_from = 0 if discriminator else config.discriminator_warm_up
        self._discriminator: nn.Module | None = None
        if config.adversarial_weight:
            judge = copy.deepcopy(discriminator) or UNetDiscriminator(config.discriminator_features)
            self._discriminator, self._discriminator_optimizer = self._prepare(
                judge.train().to(memory_format=torch.channels_last), config.discriminator_rate
            )

    @property
    def is_main(self) -> bool:
        """Whether this process, of those that train together, writes and reports."""
        return bool(self._accelerator.is_main_process)

    @property
    def process(self) -> int:
        """Number of this process, from 0."""
        return int(self._accelerator.process_index)

    @property
    def module(self) -> nn.Module:
        """The generator as it is trained, without what surrounds it."""
        return self._unwrap(self._module)

    def run_step(self, batch: Batch, iteration: int) -> Losses:
        """Take one step of all networks; out of memory it halves the batch and tries again.

        Args:
            batch: all the crops of the step.
            iteration: from 1.

        Returns:
            The losses by name, without their weights, and `gradient`, the norm of the generator's
            gradient, still on the device. `loss` is the L1 distance.

        Raises:
            ModelError: out of memory with a single crop.
        """
        while (losses := self._try_gradients(batch, iteration)) is None:
            self._halve_batch(len(batch.lr), batch.target.shape[-1])
        self._optimizer.param_groups[0]["lr"] = compute_rate(self.config, iteration)
        # Nothing is clipped; this is the way to the norm.
        losses["gradient"] = nn.utils.clip_grad_norm_(self._module.parameters(), math.inf)
        self._optimizer.step()
        if self._discriminator is not None:
            self._discriminator_optimizer.step()
        update_average(self.average, self.module, self.config.ema, iteration)
        return losses

    def save_state(self) -> dict[str, Any]:
        """Return all that a later `load_state` needs to go on as if nothing had been."""
        state: dict[str, Any] = {
            "generator": self.module.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "parts": self.parts,
            "notes": self.notes,
            "judges_from": self._judges_from,
            "perceptual": self._perceptual is not None,
            "random": torch.get_rng_state(),
        }
        if self.device.type == "cuda":
            state["random_cuda"] = torch.cuda.get_rng_state(self.device)
        if self._discriminator is not None:
            state["discriminator"] = self._unwrap(self._discriminator).state_dict()
            state["discriminator_optimizer"] = self._discriminator_optimizer.state_dict()
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `save_state` gave; the settings are the same.

        Raises:
            InputError: the perceptual loss was on and is off now, or the other way round.
        """
        if state["perceptual"] != (self._perceptual is not None):
            was, now = ("on", "off") if state["perceptual"] else ("off", "on")
            raise InputError(
                f"The perceptual loss was {was} and is {now} now, for VGG19's weights came or "
                "went. Resume with them as they were, or start the training anew."
            )
        self.module.load_state_dict(state["generator"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.parts, self.notes = state["parts"], list(state["notes"])
        self._judges_from = state["judges_from"]
        if self._discriminator is not None:
            self._unwrap(self._discriminator).load_state_dict(state["discriminator"])
            self._discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])
        torch.set_rng_state(state["random"])
        if self.device.type == "cuda" and "random_cuda" in state:
            torch.cuda.set_rng_state(state["random_cuda"], self.device)

    def _prepare(self, module: nn.Module, rate: float) -> tuple[nn.Module, torch.optim.Optimizer]:
        module = module.to(self.device)
        optimizer = torch.optim.Adam(module.parameters(), rate, betas=BETAS, fused=True)
        prepared: tuple[nn.Module, torch.optim.Optimizer]
        prepared = self._accelerator.prepare(module, optimizer)
        return prepared

    def _unwrap(self, module: nn.Module) -> nn.Module:
        unwrapped: nn.Module = self._accelerator.unwrap_model(module)
        return unwrapped

    def _try_gradients(self, batch: Batch, iteration: int) -> Losses | None:
        """Return the losses with their gradients in place, or None where memory ran out."""
        try:
            return self._compute_gradients(batch, iteration)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        return None

    def _compute_gradients(self, batch: Batch, iteration: int) -> Losses:
        self._optimizer.zero_grad(set_to_none=True)
        if self._discriminator is not None:
            self._discriminator_optimizer.zero_grad(set_to_none=True)
        sums: Losses = {}
        size, judged = math.ceil(len(batch.lr) / self.parts), iteration > self._judges_from
        chunks = [Batch(*parts) for parts in zip(*(torch.split(part, size) for part in batch),
                                                 strict=True)]  # fmt: skip
        for number, chunk in enumerate(chunks, 1):
            share = len(chunk.lr) / len(batch.lr)
            losses = self._add_gradients(chunk, share, number == len(chunks), judged)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0) + share * value.detach()
        return sums

    def _add_gradients(self, batch: Batch, share: float, last: bool, judged: bool) -> Losses:
        config, accelerator = self.config, self._accelerator
        lr, target, mask = (self._place(part) for part in batch)
        with nullcontext() if last else accelerator.no_sync(self._module):
            output = self._module(lr).float()
            weight = weigh_inside(mask, config.inside_weight)
            losses, terms = {"loss": compute_pixel_loss(output, target, weight)}, []
            terms.append(config.pixel_weight * losses["loss"])
            if self._contrast is not None:
                weight = weigh_inside(mask, config.contrast_inside_weight)
                losses["contrast"] = self._contrast(output, target, weight)
                terms.append(config.contrast_weight * losses["contrast"])
            if self._perceptual is not None:
                with accelerator.autocast():
                    losses["perceptual"] = self._perceptual(output, target)
                terms.append(config.perceptual_weight * losses["perceptual"])
            if self._discriminator is not None and judged:
                losses["adversarial"] = self._ask_discriminator(
                    self._unwrap(self._discriminator), output
                )
                terms.append(config.adversarial_weight * losses["adversarial"])
            accelerator.backward(torch.stack(terms).sum() * share)
        if self._discriminator is not None:
            with nullcontext() if last else accelerator.no_sync(self._discriminator):
                # In one pass, since several processes cannot take two before the gradients.
                scores = self._discriminator(torch.cat([target, output.detach()])).float()
                real, fake = scores.chunk(2)
                losses["discriminator"] = compute_real_loss(real) + compute_fake_loss(fake)
                accelerator.backward(losses["discriminator"] * share)
        return losses

    def _ask_discriminator(self, judge: nn.Module, output: Tensor) -> Tensor:
        # Not through what surrounds it: several processes would wait for gradients of its own.
        judge.requires_grad_(False)
        try:
            return compute_real_loss(judge(output).float())
        finally:
            judge.requires_grad_(True)

    def _place(self, batch: Tensor) -> Tensor:
        return batch.to(self.device, memory_format=torch.channels_last, non_blocking=True)

    def _halve_batch(self, crops: int, crop_px: int) -> None:
        size = math.ceil(crops / self.parts)
        if size == 1:
            raise ModelError(
                f"Even a single crop of {crop_px} px needs more memory than {self.device} has. "
                "Choose a smaller crop or discriminator, or leave the perceptual loss out."
            )
        self.parts *= 2
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        at_once = math.ceil(crops / self.parts)
        self.notes.append(
            f"Out of memory with batches of {size} crops of {crop_px} px: now {at_once} at once, "
            f"accumulated over {math.ceil(crops / at_once)}."
        )


def open_accelerator(device: torch.device, precision: str) -> Accelerator:
    """Return what places, launches and mixes precisions on a device.

    Args:
        device: of torch; a CUDA device without a number leaves the choice to the launcher.
        precision: fp32 or bf16.
    """
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)
    # It remembers the first one of a process, of which tests and servers may have several.
    AcceleratorState._reset_state()
    mixed = "bf16" if precision == "bf16" else "no"
    return Accelerator(cpu=device.type == "cpu", mixed_precision=mixed)


def choose_precision(config: FinetuneConfig, generator: Generator, device: torch.device) -> str:
    """Return fp32 or bf16; `auto` is bf16 where a GPU computes in it and the generator may."""
    if config.precision != "auto":
        return config.precision
    able = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bf16" if able and generator.supports_bfloat16 else "fp32"
