"""Tasks: generators of sequences, each a pure function of NumPy's random generator."""
