"""Tests of the package, folder by folder as it has them."""

import os

# Before NumPy and PyTorch are imported, here and in every process that a test starts: tests run
# beside each other, and threads that wait for a core that another test has burn more than they do.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
