"""A detector that learns from labels: a weight for each local signal."""
