"""The page of voters, by itself on a server of its own."""
