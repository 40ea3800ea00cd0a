"""Users, their roles and sessions, and what they did."""
