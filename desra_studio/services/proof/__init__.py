"""What a fine-tuning removed, and what it must not have made worse."""
