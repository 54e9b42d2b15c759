"""Equations → programs that run whole sequences: NumPy functions, and kernels for a compiler."""
