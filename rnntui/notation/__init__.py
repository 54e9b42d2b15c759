"""Notation: trees → formulas as on paper: a line of text for a terminal, LaTeX, MathML."""
