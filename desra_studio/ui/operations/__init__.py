"""What those who run a server see of it: its log, its figures, its disk and its jobs."""
