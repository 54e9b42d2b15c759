"""Sequences in the formats that other programs write: text, CSV, JSON and NumPy arrays."""
