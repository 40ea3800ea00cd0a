"""The Datasets page and its routes."""
