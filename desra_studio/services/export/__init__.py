"""Labels, taken out of the studio."""
