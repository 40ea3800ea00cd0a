"""Scores of detectors against manual masks."""
