"""The Models page and its routes."""
