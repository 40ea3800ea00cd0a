"""Detectors on datasets and folders, and what names the classes for them."""
