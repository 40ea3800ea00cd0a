"""Deleting artifacts: pseudo ground truth and training on it."""
