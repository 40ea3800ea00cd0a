"""Models: registered, fetched, derived, run."""
