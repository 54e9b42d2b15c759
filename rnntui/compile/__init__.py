"""Equations → schedule → programs that run whole sequences: NumPy functions, and machine code."""
