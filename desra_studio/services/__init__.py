"""What people can do: a room per page, on the ground that all of them share."""
