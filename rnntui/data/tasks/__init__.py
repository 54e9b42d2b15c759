"""Tasks: generators of sequences, each a pure function of the random draws it is given."""
