"""DeSRA Studio: find, label and delete the artifacts of GAN super-resolution models."""

__version__ = "0.1.0"
