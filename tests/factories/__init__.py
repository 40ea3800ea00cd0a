"""Makes what tests of several folders work on."""
