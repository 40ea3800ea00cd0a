"""People who label side by side on one server, and what it makes of all that they save."""
