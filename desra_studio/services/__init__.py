"""What a user can do, one module per family of actions."""
