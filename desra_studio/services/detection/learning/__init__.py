"""Detectors that learn from labels: training them, and comparing them with the others."""
