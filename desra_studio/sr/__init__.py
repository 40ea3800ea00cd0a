"""Super-resolution models and running them."""
