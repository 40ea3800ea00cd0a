"""What those who run a server ask of it: versions, disk, jobs and their logs."""
