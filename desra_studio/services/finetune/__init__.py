"""Fine-tuning: its samples, the training, and watching it."""
