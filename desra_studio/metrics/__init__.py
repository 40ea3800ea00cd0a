"""Scores of masks against manual masks, and of one model's artifacts against another's."""
