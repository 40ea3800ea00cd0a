"""User studies: how trials are laid out, and what their votes say."""
