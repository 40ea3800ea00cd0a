"""The database and the content-addressed blobs."""
