"""What is lost of acknowledged work when processes are killed in the middle of other work."""
