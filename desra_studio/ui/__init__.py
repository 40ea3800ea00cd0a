"""Pages, routes and the canvas."""
