"""Makes weights of small random networks, keyed as the released weight files are."""

import warnings

import torch
from spandrel.architectures.Compact import Compact
from spandrel.architectures.SwinIR import SwinIR
from torch import nn

from desra_studio.finetune.discriminator import UNetDiscriminator

CPU = torch.device("cpu")


def make_compact(scale=4, convolutions=2, features=8, seed=0):
    """SRVGGNetCompact, as realesr-general-x4v3."""
    torch.manual_seed(seed)
    return Compact(num_feat=features, num_conv=convolutions, upscale=scale).state_dict()


def make_weights(seed=0, scale=4):
    """The smallest SRVGGNetCompact, another for each seed."""
    return make_compact(scale, convolutions=1, seed=seed)


def make_discriminator(features=2, seed=0):
    """The U-Net of Real-ESRGAN's discriminator, keyed as RealESRGAN_x4plus_netD."""
    torch.manual_seed(seed)
    return UNetDiscriminator(features).state_dict()


def make_rrdbnet(scale=4, blocks=2):
    """RRDBNet with the names of Real-ESRGAN's files; below x4 its input is unshuffled."""
    features, growth = 8, 32
    torch.manual_seed(0)
    layers = {
        "conv_first": (3 * (4 // scale) ** 2, features),
        "conv_body": (features, features),
        "conv_up1": (features, features),
        "conv_up2": (features, features),
        "conv_hr": (features, features),
        "conv_last": (features, 3),
    }
    for block in range(blocks):
        for dense in (1, 2, 3):
            for index in range(1, 6):
                name = f"body.{block}.rdb{dense}.conv{index}"
                inputs = features + (index - 1) * growth
                layers[name] = (inputs, growth if index < 5 else features)
    return {
        f"{name}.{kind}": value
        for name, (inputs, outputs) in layers.items()
        for kind, value in nn.Conv2d(inputs, outputs, 3).state_dict().items()
    }


def make_swinir(upsampler, window=8):
    """SwinIR, `nearest+conv` as its real-world models, `pixelshuffle` as its classical ones."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, about how spandrel's network is written.
        return SwinIR(
            img_size=16,
            embed_dim=12,
            depths=[2, 2],
            num_heads=[2, 2],
            window_size=window,
            mlp_ratio=2,
            upscale=4,
            upsampler=upsampler,
        ).state_dict()
