"""Worked solutions, traces, checks and tasks written out, for people and for programs."""
