"""The routes of the Proof page."""
