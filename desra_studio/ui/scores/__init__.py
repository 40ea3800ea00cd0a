"""The Scores page and its routes."""
