"""Datasets: brought in, listed, upscaled, deleted."""
