"""The routes of the Studies page."""
