"""Tasks: generators of sequences, each a pure function of the random stream it is given."""
