"""The project's own benchmarks, each against the peer or the naive way that it names."""
