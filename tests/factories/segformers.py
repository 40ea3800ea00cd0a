"""Small SegFormers with random weights, saved as a user's would be."""

import json
from pathlib import Path


def save_tiny_segformer(folder: Path, labels: int = 150, safe: bool = True, seed: int = 0) -> Path:
    """Save a network of 11 000 values in transformers' format and return its folder.

    With `safe=False` the weights lie in pytorch_model.bin.
    """
    import torch
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    torch.manual_seed(seed)
    network = SegformerForSemanticSegmentation(
        SegformerConfig(
            num_labels=labels,
            depths=[1, 1, 1, 1],
            hidden_sizes=[4, 8, 8, 8],
            num_attention_heads=[1, 1, 2, 2],
            mlp_ratios=[2, 2, 2, 2],
            decoder_hidden_size=16,
            initializer_range=0.3,
        )
    )
    network.save_pretrained(folder)
    if not safe:
        from safetensors.torch import load_file

        weights = folder / "model.safetensors"
        torch.save(load_file(weights), folder / "pytorch_model.bin")
        weights.unlink()
    return folder


def edit_config(folder: Path, **values) -> Path:
    """Change entries of a saved network's configuration."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder
