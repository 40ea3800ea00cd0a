"""User studies: ordered, voted in, reported."""
