"""Who may ask what of the server: one table, its guard, and the pages on which people sign in."""
