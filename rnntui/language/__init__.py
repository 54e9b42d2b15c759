"""The equation language: text → tree → shapes → derivatives → text."""
