"""A VGG19 that knows nothing."""

import pytest
import torch
from torchvision.models.vgg import cfgs, make_layers


@pytest.fixture(scope="module")
def vgg_weights():
    """Random ones, named as in torchvision's file, with some of the classifier's."""
    torch.manual_seed(0)
    features = make_layers(cfgs["E"], batch_norm=False).state_dict()
    named = {f"features.{key}": value for key, value in features.items()}
    return named | {"classifier.6.bias": torch.zeros(1000)}
