"""The files in which other programs keep labels, read and written."""
