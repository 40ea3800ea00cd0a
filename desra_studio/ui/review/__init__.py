"""The routes of the Review page, whose canvas is a module of its own in the browser."""
