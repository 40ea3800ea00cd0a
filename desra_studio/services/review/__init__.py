"""Masks, verdicts and what reviewers say about regions; the queue that they work through."""
