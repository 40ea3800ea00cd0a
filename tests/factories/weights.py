"""Makes weight files and what a catalog says of them."""

import hashlib
from dataclasses import replace
from io import BytesIO

import torch

from desra_studio.sr.catalog import CatalogEntry

REFUSED = "http://127.0.0.1:1"
"""An address at which nobody listens."""


def encode_pth(weights, key="params_ema"):
    """The bytes of a .pth file with the weights under a key."""
    data = BytesIO()
    torch.save({key: weights}, data)
    return data.getvalue()


def make_entry(name, role, data, partner="", **values):
    """A catalog's entry for a file of these bytes; it cannot be fetched but from a `url` given."""
    sha = hashlib.sha256(data).hexdigest()
    known = CatalogEntry(
        name, role, partner, "RealESRGAN Compact", 4, "MIT", "https://example.org/models",
        f"{REFUSED}/{name}.pth", f"{name}.pth", sha, len(data),
    )  # fmt: skip
    return replace(known, **values)


class RunsCode:
    """Pickled, it would write a file when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))
